"""A story told again once a human has spoken on it: what nothing supports any more is taken back, with the reason."""

from services.scorer.testing import MONDAY, Ledger, bought, signal
from shared.contracts.signals import ReviewNote


def test_an_alert_on_what_was_never_said_is_retracted_with_the_reason(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    calm = ledger.risk("acme", "terbium")
    [opened] = ledger.news(signal())
    [taken_back] = ledger.after(hours=1).retell("story-1", "rejected")
    data = taken_back["data"]
    assert (taken_back["type"], data["status"], data["kind"]) == ("alert.resolved", "retracted", "signal")
    assert (data["id"], data["revision"]) == (opened["data"]["id"], 2)
    assert data["title"] == "Retracted: China: export licence denied (terbium)"
    assert "A human has found that it does not say so: It was a rumour." in data["summary"]
    assert data["evidence"][0] == {
        "source": "desk",
        "published_at": "2026-03-02T10:00:00.000000Z",
        "text": "It was a rumour.",
    }
    assert {**ledger.risk("acme", "terbium"), "as_of": calm["as_of"]} == calm
    assert ledger.after(days=40).tick() == [], "it is over"


def test_what_another_source_says_too_stands(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    ledger.news(signal())
    shaken = ledger.risk("acme", "terbium")["score"]
    other = signal(id="other", novelty="update", confidence=0.5)
    ledger.news(other)
    assert ledger.retell("story-1", "rejected", other.model_copy(update={"novelty": "new"})) == []
    left = ledger.risk("acme", "terbium")["score"]
    ledger.customer("beta", bought(cover=400))
    assert left < shaken
    assert left == ledger.risk("beta", "terbium")["score"]
    [resolved] = ledger.after(days=30, minutes=1).tick()[:1]
    assert (resolved["type"], resolved["data"]["status"]) == ("alert.resolved", "resolved")


def test_what_is_vouched_for_after_all_is_told_anew(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    ledger.news(signal())
    shaken = ledger.risk("acme", "terbium")
    ledger.after(hours=1).retell("story-1", "rejected")
    vouched = signal(review=ReviewNote(verdict="confirmed", by="desk", at=MONDAY))
    [again] = ledger.after(hours=1).retell("story-1", "confirmed", vouched, heard_at=MONDAY)
    assert "On the evidence of Wire, 2 March 2026, confirmed by a human." in again["data"]["summary"]
    assert (again["type"], again["data"]["status"], again["data"]["revision"]) == ("alert.opened", "open", 3)
    assert {**ledger.risk("acme", "terbium"), "as_of": shaken["as_of"]} == shaken


def test_what_is_vouched_for_long_after_is_no_news(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    ledger.after(days=40)
    assert ledger.retell("story-1", "confirmed", signal(), heard_at=MONDAY) == []


def test_to_confirm_what_was_told_tells_nothing_and_weighs_more(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    ledger.news(signal())
    shaken = ledger.risk("acme", "terbium")["score"]
    assert ledger.retell("story-1", "confirmed", signal(confidence=0.999)) == []
    assert ledger.risk("acme", "terbium")["score"] > shaken


def test_a_correction_takes_back_one_story_and_tells_another(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400), bought("gallium", cover=400))
    ledger.news(signal())
    corrected = signal("story-2", id="story-1-licence_denied", materials=["gallium"])
    old = {"story_id": "story-1", "signal_id": corrected.id, "verdict": "corrected", "by": "desk"}
    new = {**old, "story_id": "story-2", "standing": [{"signal": corrected, "heard_at": ledger.now}]}
    told = ledger.change(cause="review", retold=[old, new])
    assert sorted((one["type"], one["data"]["status"], one["data"]["title"]) for one in told) == [
        ("alert.opened", "open", "China: export licence denied (gallium)"),
        ("alert.resolved", "retracted", "Retracted: China: export licence denied (terbium)"),
    ]


def test_a_correction_of_its_scope_frees_some_and_reaches_others(ledger: Ledger) -> None:
    for name, destination in (("german", "DE"), ("american", "US"), ("either", "US")):
        ledger.customer(name, bought(cover=400), destination=destination)
    ledger.news(signal(targets=["DE"]))
    told = ledger.retell("story-1", "corrected", signal(targets=["US"]))
    assert sorted((one["customer_id"], one["data"]["status"]) for one in told) == [
        ("american", "open"),
        ("either", "open"),
        ("german", "retracted"),
    ]


def test_where_relief_is_taken_back_the_risk_that_rises_is_open(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=10))
    ledger.news(signal("relief", "control_lifted", direction="easing"))
    ledger.news(signal("halt", "export_halt", asserted="expected", confidence=0.999))
    assert ledger.risk("acme", "terbium")["band"] == "guarded"
    told = ledger.retell("relief", "rejected", signal_id="relief-control_lifted")
    assert ledger.risk("acme", "terbium")["band"] == "elevated"
    assert sorted((one["data"]["kind"], one["data"]["status"]) for one in told) == [
        ("score", "open"),
        ("signal", "retracted"),
    ]


def test_a_band_that_falls_with_it_says_why(ledger: Ledger) -> None:
    """Somebody whom the story itself did not tell."""
    ledger.news(signal("halt", "export_halt", asserted="expected", confidence=0.999))
    ledger.customer("acme", bought(cover=10))
    ledger.decision("acme", "L-1", "returned")
    [fallen] = ledger.retell("halt", "rejected", signal_id="halt-export_halt")
    assert (fallen["data"]["kind"], fallen["data"]["status"]) == ("score", "open")
    assert "A human has found that it does not say so" in fallen["data"]["summary"]
