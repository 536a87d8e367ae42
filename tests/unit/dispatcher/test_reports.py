"""What is told on `deliveries`."""

from datetime import UTC, datetime, timedelta

import pytest

from services.dispatcher.letters import Delivery
from services.dispatcher.outcomes import Disabled, Turned, attempted, cancelled
from services.dispatcher.reports import pack, tell, tell_notice, unpack
from services.dispatcher.sender import Reply
from shared.contracts.base import to_json
from shared.contracts.deliveries import Attempt, EndpointCircuit, EndpointDisabled
from shared.contracts.endpoints import Circuit
from shared.domain.delivery.policy import Answer, Verdict
from shared.kafka.record import Outgoing, Stamp
from shared.kafka.topics import partition_of
from tests.unit.dispatcher.making import MOMENT, letter

AT = datetime(2026, 3, 1, 13, tzinfo=UTC)
REPLY = Reply(Answer(503), AT, 0.0123, "busy \u2603")


def told(outgoing: Outgoing) -> Attempt:
    return Attempt.model_validate_json(outgoing.value or b"")


def one(partition: int = 5) -> Delivery:
    return Delivery("d-1", "e-1", letter(partition=partition), attempts=2)


def test_an_attempt_is_told_with_where_it_leaves_the_delivery() -> None:
    retry_at = AT + timedelta(minutes=30)
    record = tell(attempted(one(), REPLY, Verdict("due", retry_at)))
    attempt = told(record)
    assert (attempt.attempt, attempt.status, attempt.state, attempt.next_attempt_at) == (3, 503, "due", retry_at)
    assert (attempt.latency_ms, attempt.response_head, attempt.at) == (12.3, "busy \u2603", AT)


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        (REPLY, Verdict("due", AT + timedelta(minutes=30))),
        (Reply(Answer(None, "no connection: \U0001f50c \ud7ff"), AT, 1e-5), Verdict("dead")),
    ],
)
def test_an_attempt_is_told_in_the_one_encoding(reply: Reply, verdict: Verdict) -> None:
    record = tell(attempted(one(), reply, verdict))
    assert record.value == to_json(told(record))


def test_it_goes_to_the_partition_of_the_message_under_its_cause_s_stamp() -> None:
    record = tell(attempted(one(partition=5), REPLY, Verdict("dead")))
    assert (record.topic, record.partition, record.key) == ("deliveries", 5, b"acme")
    stamp = Stamp.read(record.headers)
    assert (stamp.event_id, stamp.accepted_at, stamp.schema) == ("d-1/3", MOMENT, "attempt/1")


def test_a_cancelled_delivery_is_told_without_an_attempt() -> None:
    record = tell(cancelled(one(), "the endpoint was deleted", AT))
    assert Stamp.read(record.headers).event_id == "d-1/2/cancelled", "attempt 2 was told under d-1/2"
    attempt = told(record)
    assert (attempt.attempt, attempt.state, attempt.status) == (2, "cancelled", None)
    assert attempt.error == "the endpoint was deleted"


def test_a_disabled_endpoint_is_told_on_its_customer_s_partition_or_on_the_first() -> None:
    mine = tell_notice(Disabled("e-1", 4, "acme", AT, "gone"), partitions=8)
    assert (mine.partition, mine.key) == (partition_of("acme", 8), b"acme")
    everyone = tell_notice(Disabled("e-1", 4, None, AT, "gone"), partitions=8)
    assert (everyone.partition, everyone.key) == (0, b"e-1")
    record = EndpointDisabled.model_validate_json(mine.value or b"")
    assert (record.endpoint_id, record.reason) == ("e-1", "gone")


def test_a_circuit_that_turned_is_told_with_since_when_and_why() -> None:
    circuit = Circuit(state="open", since=MOMENT, last_error="status 503")
    told = tell_notice(Turned("e-1", "acme", AT, circuit), partitions=8)
    record = EndpointCircuit.model_validate_json(told.value or b"")
    assert (record.endpoint_id, record.circuit) == ("e-1", circuit)
    assert told.partition == partition_of("acme", 8)


def test_what_is_kept_in_sql_until_it_is_told_comes_back_the_same() -> None:
    records = [tell(attempted(one(), REPLY, Verdict("dead"))), tell_notice(Disabled("e-1", 4, None, AT, "g"), 8)]
    packed = pack(records)
    assert packed is not None
    assert unpack(packed) == records
    assert pack([]) is None
