"""(b): a band that moves is told, on the alert of what moved it."""

import pytest

from services.scorer.passing import moved_by_days
from services.scorer.testing import Json, Ledger, bought, measure, signal
from shared.contracts.signals import Signal


def test_a_measure_that_moves_a_band_says_so_in_its_own_message(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=20))
    [message] = ledger.act(measure())
    assert message["data"]["kind"] == "measure"
    assert "Risk 57 of 100 (elevated, before 28)" in message["data"]["summary"]


def test_a_measure_that_is_not_told_to_him_may_still_move_his_band(ledger: Ledger) -> None:
    """Of a customer whose end use is unknown a military ban counts a quarter: too little to tell, enough to score."""
    ledger.customer("acme", bought(cover=3), end_use="unknown")
    before = ledger.risk("acme", "terbium")["score"]
    ledger.act(measure(instrument="ban", end_uses=["defence"]))
    assert ledger.risk("acme", "terbium")["score"] > before


def test_a_story_that_moves_a_band_is_told_on_its_alert(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=20))
    ledger.act(measure())
    [feared] = ledger.after(hours=1).news(signal(type="export_halt", asserted="expected"))
    assert feared["data"]["kind"] == "score"
    assert feared["data"]["title"].startswith("Supply risk of terbium rises to")
    assert "Wire reports" in feared["data"]["summary"]


def test_a_band_that_falls_as_news_fades_is_told_on_what_is_open(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=40))
    ledger.act(measure())
    ledger.after(hours=1).news(signal(type="export_halt"))
    assert ledger.risk("acme", "terbium")["band"] == "high"
    told = []
    for _ in range(110):
        told += [m for m in ledger.after(days=1).tick() if m["data"]["kind"] == "score"]
    told = [m for m in told if m["type"] != "alert.reminder"]
    assert [message["data"]["title"] for message in told] == ["Supply risk of terbium falls to elevated"]
    assert told[0]["type"] == "alert.updated"
    assert "news that raised the risk grows old and counts less" in told[0]["data"]["summary"]
    assert "runs down" not in told[0]["data"]["summary"]


def test_a_band_holds_three_points_below_where_it_began(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.act(measure(instrument="ban"))
    bands = []
    for cover in (90, 100, 110, 120, 130, 140, 160):
        ledger.customer("acme", bought(cover=cover))
        risk = ledger.risk("acme", "terbium")
        bands.append((risk["score"], risk["band"]))
    assert all(band == "elevated" for score, band in bands if score >= 37)
    assert any(37 <= score < 40 for score, _ in bands)
    assert all(band != "elevated" for score, band in bands if score < 37)


@pytest.mark.parametrize(
    ("news", "rises", "words"),
    [
        (signal(type="control_lifted", direction="easing"), True, "news of relief grows old and counts less"),
        (signal(type="export_halt"), False, "news that raised the risk grows old and counts less"),
        (signal(type="export_halt", asserted="denied"), False, "what had raised the risk counts less by now"),
    ],
)
def test_what_days_did_is_told_as_it_is(ledger: Ledger, news: Signal, rises: bool, words: str) -> None:
    """Nothing was reported of the stock: it is not what moved. News that was only denied never counted."""
    ledger.customer("acme", bought(cover=20))
    ledger.news(news)
    assert moved_by_days(ledger.fold.state, 0, rises=rises) == [words]


def test_what_the_holidays_of_a_new_month_did_is_told_as_it_is(ledger: Ledger) -> None:
    """From April to May the 45 working days of China take another number of days."""
    ledger.customer("acme", bought(cover=20))
    ledger.act(measure())
    ledger.after(days=60).tick()
    said = "holidays make what is decided in working days take less long"
    assert moved_by_days(ledger.fold.state, 0, rises=False) == [said]
    ledger.after(days=1).tick()
    assert moved_by_days(ledger.fold.state, 0, rises=False) != [said]


def test_what_an_own_licence_did_is_told_as_it_is(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=20))
    ledger.decision("acme", "L-1", "denied")
    ledger.decision("acme", "L-2", "granted")
    state = ledger.fold.state
    assert moved_by_days(state, 0, rises=True) == ["the licence granted to you lies further back and counts less"]
    assert moved_by_days(state, 0, rises=False) == ["the licence denied to you lies further back and counts less"]


def test_a_band_that_rises_as_reported_stock_runs_down_says_so(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=200))
    ledger.act(measure())
    ledger.stock("acme", 100)
    [first, *_] = _told_by_days(ledger, 100)
    assert "Days have passed: the reported stock runs down." in first["data"]["summary"]


def _told_by_days(ledger: Ledger, days: int) -> list[Json]:
    told = [message for _ in range(days) for message in ledger.after(days=1).tick()]
    return [message for message in told if message["data"]["kind"] == "score" and message["type"] != "alert.reminder"]
