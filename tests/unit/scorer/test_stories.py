"""(d): news that meets an exposure is told, even where no score moves."""

from datetime import timedelta
from typing import Any

from services.scorer.testing import MONDAY, Ledger, bought, signal


def test_a_new_story_is_told_with_its_evidence(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    [message] = ledger.news(signal())
    data = message["data"]
    assert (data["kind"], data["severity"], data["status"]) == ("signal", "info", "open")
    assert data["title"] == "China: export licence denied (terbium)"
    assert data["evidence"] == [
        {
            "source": "Wire",
            "published_at": "2026-03-02T09:00:00.000000Z",
            "text": "Beijing rejected an application for terbium.",
        }
    ]
    assert data["measures"] == []
    assert "signal" in [driver["kind"] for driver in data["drivers"]]


def test_what_is_no_news_tells_nobody_and_moves_nothing(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    before = ledger.risk("acme", "terbium")
    assert ledger.news(signal(novelty="stale")) == []
    assert ledger.news(signal(novelty="duplicate")) == []
    assert ledger.risk("acme", "terbium") == before


def test_a_repeated_claim_does_not_add_up(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.news(signal())
    before = ledger.risk("acme", "terbium")
    ledger.news(signal(id="other", novelty="update"))
    assert ledger.risk("acme", "terbium") == before


def test_what_is_only_feared_moves_the_score_and_opens_nothing(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    before = ledger.risk("acme", "terbium")["score"]
    assert ledger.news(signal(asserted="speculated")) == []
    feared = ledger.risk("acme", "terbium")["score"]
    ledger.news(signal("story-2"))
    assert before < feared < ledger.risk("acme", "terbium")["score"]


def test_a_contested_claim_lies_between_asserted_and_denied(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    calm = ledger.risk("acme", "terbium")["score"]
    ledger.news(signal())
    asserted = ledger.risk("acme", "terbium")["score"]
    ledger.news(signal(id="denial", asserted="denied", novelty="update"))
    assert calm < ledger.risk("acme", "terbium")["score"] < asserted


def test_news_for_another_destination_is_not_told(ledger: Ledger) -> None:
    ledger.customer("german", bought())
    ledger.customer("american", bought(), destination="US")
    assert [message["customer_id"] for message in ledger.news(signal(targets=["US"]))] == ["american"]


def test_a_shock_fades_and_its_story_ends_thirty_days_after_the_last_news(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    [opened] = ledger.news(signal())
    shaken = ledger.risk("acme", "terbium")["score"]
    ledger.after(days=20).news(signal(id="again", novelty="update"))
    ledger.after(days=25).tick()
    assert ledger.risk("acme", "terbium")["score"] < shaken
    [resolved] = ledger.after(days=5, minutes=1).tick()
    assert resolved["type"] == "alert.resolved"
    assert resolved["data"]["id"] == opened["data"]["id"]


def test_old_facts_start_faded(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.customer("beta", bought("gallium"))
    ledger.news(signal(occurred_on=(MONDAY - timedelta(days=29)).date()))
    ledger.news(signal("story-2", materials=["gallium"]))
    faded = ledger.risk("acme", "terbium")["drivers"]
    fresh = ledger.risk("beta", "gallium")["drivers"]
    assert _points(faded) < _points(fresh)


def test_a_neutral_report_is_told_and_moves_no_score(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    before = ledger.risk("acme", "terbium")
    told = ledger.news(signal(type="diplomatic_signal", direction="neutral"))
    assert len(told) == 1
    assert ledger.risk("acme", "terbium") == before


def test_easing_news_takes_at_most_half_of_a_shock(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    calm = ledger.risk("acme", "terbium")["score"]
    ledger.news(signal(type="export_halt"))
    halted = ledger.risk("acme", "terbium")["score"]
    ledger.news(signal("story-2", "control_lifted", direction="easing"))
    eased = ledger.risk("acme", "terbium")["score"]
    assert calm + (halted - calm) / 2 - 5 < eased < halted


def _points(drivers: list[dict[str, Any]]) -> float:
    return float(sum(driver["contribution"] for driver in drivers if driver["kind"] == "signal"))
