"""(b): a band that moves is told, on the alert of what moved it."""

from services.scorer.testing import Ledger, bought, measure, signal


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
    for _ in range(80):
        told += [m for m in ledger.after(days=1).tick() if m["data"]["kind"] == "score"]
    told = [m for m in told if m["type"] != "alert.reminder"]
    assert [message["data"]["title"] for message in told] == ["Supply risk of terbium falls to elevated"]
    assert told[0]["type"] == "alert.updated"


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
