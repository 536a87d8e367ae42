"""Days that pass are made up for in one go."""

from datetime import timedelta

from services.scorer.testing import Ledger, bought, measure, signal
from shared.kafka.topics import RISK_SCORES


def test_between_midnights_a_tick_does_nothing(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.act(measure(state="suspended"))
    ledger.stock("acme", 50)
    ledger.news(signal())
    before = len(ledger.outputs)
    ledger.after(minutes=1).tick()
    ledger.after(hours=3).tick()
    assert ledger.outputs[before:] == []


def test_any_record_brings_the_new_day(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.stock("acme", 50)
    ledger.after(days=2).customer("beta", bought())
    assert ledger.risk("acme", "terbium")["cover_days"] == 48


def test_of_a_jump_only_its_end_scores_anew(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.stock("acme", 400)
    ledger.news(signal())
    end = ledger.now + timedelta(days=200)
    before = len(ledger.outputs)
    for _ in range(199):
        ledger.after(days=1).tick(catching_up_to=end)
    assert [output for output in ledger.outputs[before:] if output.topic == RISK_SCORES] == []
    ledger.after(days=1).tick(catching_up_to=end)
    assert len([output for output in ledger.outputs[before:] if output.topic == RISK_SCORES]) == 1
    assert ledger.risk("acme", "terbium")["cover_days"] == 200


def test_what_a_jump_passes_is_told_once(ledger: Ledger) -> None:
    """A suspension ends within the jump: the measure returns, once."""
    ledger.customer("acme", bought())
    ledger.act(measure())
    ledger.act(measure(state="suspended"), previous="in_force")
    end = ledger.now + timedelta(days=100)
    told = []
    for day in range(1, 101):
        ledger.after(days=1)
        if day == 60:
            told += ledger.act(measure(confirmed=False), previous="suspended", cause="tick", catching_up_to=end)
        else:
            told += ledger.tick(catching_up_to=end)
    assert [message["type"] for message in told] == ["alert.updated", "alert.reminder"]
    assert "unconfirmed" in told[0]["data"]["summary"]


def test_time_never_runs_backwards(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.after(days=3).stock("acme", 50)
    ledger.after(days=-3).act(measure())
    assert ledger.risk("acme", "terbium")["cover_days"] == 50
