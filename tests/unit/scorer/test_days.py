"""Days that pass are made up for in one go."""

from datetime import timedelta

from services.scorer.testing import Json, Ledger, bought, measure, messages, signal
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
    told = messages(ledger.outputs[before:])
    assert [message["type"] for message in told] == ["alert.resolved"], "its story is over"
    assert len([output for output in ledger.outputs[before:] if output.topic == RISK_SCORES]) == 1
    before = len(ledger.outputs)
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


def test_what_is_told_in_the_middle_of_a_jump_is_as_of_its_own_day(ledger: Ledger) -> None:
    """45 days of stock were reported; after 41 days the act finds four, and its message is as grave as that."""
    ledger.customer("acme", bought())
    ledger.act(measure(state="announced"))
    ledger.stock("acme", 45)
    end = ledger.now + timedelta(days=50)
    for _ in range(40):
        ledger.after(days=1).tick(catching_up_to=end)
    [message] = ledger.after(days=1).act(measure(), previous="announced", cause="tick", catching_up_to=end)
    assert ledger.risk("acme", "terbium")["cover_days"] == 4
    assert "lasts 4 days, until 16 April 2026" in message["data"]["summary"]
    assert message["data"]["headline"]["stockout_on"] == "2026-04-16"
    assert message["data"]["headline"]["probability"] > 0.5
    assert message["severity"] == "critical"


def test_news_fades_on_the_way_through_a_jump_and_is_forgotten_at_its_end(ledger: Ledger) -> None:
    """As for who lived through the days one by one."""
    walked, end, announced = Ledger(), ledger.now + timedelta(days=700), measure(state="announced")
    for each in (ledger, walked):
        each.customer("acme", bought())
        each.news(signal())
    for day in range(10, 701, 10):
        jump: Json = {"catching_up_to": end}
        for each, words in ((ledger, jump), (walked, {})):
            each.after(days=10)
            told = each.act(announced, cause="tick", **words) if day == 60 else each.tick(**words)
        assert day != 60 or told[0]["data"]["score"] == ledger.risk("acme", "terbium")["score"]
    assert ledger.fold.state.world.shocks == walked.fold.state.world.shocks == {}
    assert ledger.risk("acme", "terbium")["score"] == walked.risk("acme", "terbium")["score"]
