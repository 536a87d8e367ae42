"""What operators hear of the world, about no customer: from partition 0 alone, without a sequence."""

from datetime import date

import pytest

from services.scorer.testing import Ledger, bought, measure, operator_messages


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(partition=0)


def test_a_measure_that_moves(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.act(measure())
    [message] = operator_messages(ledger.outputs)
    assert message["type"] == "measure.changed"
    assert message["severity"] == "high"
    assert message["materials"] == ["terbium"]
    assert message["number"] == 1
    assert "customer_id" not in message
    assert "sequence" not in message
    assert message["data"]["state"] == "in_force"
    assert ledger.messages[0]["number"] == 2


def test_a_measure_that_is_about_to_end(ledger: Ledger) -> None:
    ledger.step(measure(state="suspended"), 7, date(2026, 3, 9))
    [message] = operator_messages(ledger.outputs)
    assert message["type"] == "measure.expiring"
    assert message["data"]["days"] == 7
    assert message["data"]["on"] == "2026-03-09"


def test_history_is_not_told(ledger: Ledger) -> None:
    ledger.act(measure(), quiet=True)
    assert operator_messages(ledger.outputs) == []


def test_no_other_partition_speaks_to_operators() -> None:
    ledger = Ledger(partition=3)
    ledger.act(measure())
    assert operator_messages(ledger.outputs) == []
