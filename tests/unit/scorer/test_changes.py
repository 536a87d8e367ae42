"""Changes are numbered: the next one only. What is written quietly moves states and scores and tells nobody."""

import pytest

from services.scorer.take_change import ChangeMissing
from services.scorer.testing import Ledger, bought, measure, signal
from shared.kafka.record import DeadLetter


def test_a_repeat_changes_nothing(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.act(measure())
    before = ledger.fold.dump()
    assert ledger.fold.take(ledger.records[-1]) == ()
    assert ledger.fold.dump() == before


def test_a_gap_ends_the_reader_loudly(ledger: Ledger) -> None:
    ledger.act(measure())
    ledger.changes += 1
    with pytest.raises(ChangeMissing, match="change 3 after 1"):
        ledger.act(measure("CN-2"))


def test_history_is_quiet(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    before = ledger.risk("acme", "terbium")["score"]
    assert ledger.act(measure(instrument="ban"), quiet=True) == []
    assert ledger.news(signal(), signal("other")) != []
    assert ledger.risk("acme", "terbium")["score"] > before
    assert ledger.messages[0]["sequence"] == 1


def test_one_record_makes_at_most_one_message_an_alert(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=20))
    announced, in_force = measure(state="announced"), measure()
    told = ledger.act(in_force, measures=[announced, in_force], signals=[signal(), signal(type="export_halt")])
    assert len(told) == 2, "the measure and the story"
    assert len({message["message_id"] for message in told}) == 2


def test_several_measures_that_move_in_one_change_are_one_alert_each(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=100))
    one, other = measure(), measure("CN-2", instrument="ban")
    moves = [{"measure_id": m.id, "state": m.state, "confirmed": True, "at": ledger.now} for m in (one, other)]
    told = ledger.change(transitions=moves, measures=[one, other])
    assert sorted(message["data"]["measures"] for message in told) == [["CN-1"], ["CN-2"]]
    assert {message["sequence"] for message in told} == {1, 2}


def test_a_measure_that_only_gains_evidence_is_not_told(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.act(measure())
    assert ledger.change(measures=[measure(contested=True)]) == []


def test_what_cannot_be_understood_is_a_dead_letter_and_moves_nothing(ledger: Ledger) -> None:
    before = ledger.fold.dump()
    with pytest.raises(DeadLetter, match="schema 'weather/1'"):
        ledger.write("w", "weather", measure())
    with pytest.raises(DeadLetter, match="licence_decision"):
        ledger.write("w", "licence_decision", measure())
    assert ledger.fold.dump() == before
