"""A poll's part in the traces of its records: one span a trace, and what comes of it carries the span on."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import StatusCode

from shared.kafka.record import Outgoing, TopicPartition
from shared.kafka.traced import handled
from tests.fixtures.traces import recorded
from tests.unit.shared.test_fold import Line

TP = TopicPartition("ledger", 3)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01".encode()


def line(offset: int, traceparent: bytes | None = PARENT, key: bytes = b"acme") -> Line:
    headers = [("event-id", b"e-%d" % offset)]
    return Line(offset, b"{}", key=key, headers=[*headers, *([("traceparent", traceparent)] if traceparent else [])])


def output(topic: str, record: Line) -> Outgoing:
    return Outgoing(topic, record.key, b"{}", [*record.headers, ("schema", b"alert/1")])


def run(records: Sequence[Line], *, new_from: int = 0) -> tuple[list[Outgoing], list[ReadableSpan]]:
    """Each record gives an alert."""
    with recorded() as kept, handled("scorer", {TP: records}, {TP: new_from}) as carry_on:
        outputs = list(carry_on("ledger", [output("alerts", record) for record in records]))
    return outputs, list(kept.get_finished_spans())


def test_what_comes_of_a_record_is_a_child_of_its_handling() -> None:
    [alert], [span] = run([line(0)])
    carried = dict(alert.headers)
    assert span.context is not None
    assert span.parent is not None
    assert (f"{span.parent.trace_id:032x}", f"{span.parent.span_id:016x}") == (TRACE, "00f067aa0ba902b7")
    assert carried["traceparent"].decode() == f"00-{TRACE}-{span.context.span_id:016x}-01"
    assert (carried["event-id"], carried["schema"]) == (b"e-0", b"alert/1")


def test_a_span_says_what_was_read_and_how_much_came_of_it() -> None:
    _, [span] = run([line(0), line(1)])
    assert span.name == "process ledger"
    assert span.attributes == {
        "messaging.system": "kafka",
        "messaging.operation.type": "process",
        "messaging.destination.name": "ledger",
        "messaging.consumer.group.name": "scorer",
        "messaging.batch.message_count": 2,
        "chokepoint.event_id": "e-0",
        "chokepoint.customer": "acme",
        "chokepoint.gave.alerts": 2,
    }


def test_a_thousand_records_of_one_request_are_one_span_and_those_of_another_another() -> None:
    other = PARENT.replace(b"4bf92f", b"aaaaaa")
    outputs, spans = run([*(line(offset) for offset in range(1_000)), line(1_000, other)])
    assert len(spans) == 2
    assert len({dict(output.headers)["traceparent"] for output in outputs}) == 2


@pytest.mark.parametrize("traceparent", [None, b"", b"00-a-b-01", b"\xff\xfe"])
def test_without_a_trace_nothing_changes_hands(traceparent: bytes | None) -> None:
    record = line(0, traceparent)
    [alert], spans = run([record])
    if not traceparent:
        assert not spans
        assert alert == output("alerts", record)
    else:
        assert [span.parent for span in spans] == [None]


def test_what_is_read_again_after_a_restart_was_traced_before() -> None:
    outputs, spans = run([line(0)], new_from=1)
    assert not spans
    assert outputs == [output("alerts", line(0))]


def test_a_dead_letter_keeps_the_headers_that_it_came_with() -> None:
    with recorded() as kept, handled("scorer", {TP: [line(0)]}, {}) as carry_on:
        [dead] = carry_on("ledger", [output("ledger.dlq", line(0))])
    assert dict(dead.headers)["traceparent"] == PARENT
    [span] = kept.get_finished_spans()
    assert (span.attributes or {})["chokepoint.gave.ledger.dlq"] == 1


def test_a_poll_that_fails_is_a_span_that_says_so() -> None:
    with recorded() as kept, suppress(RuntimeError), handled("scorer", {TP: [line(0)]}, {}):
        raise RuntimeError("whsec_c2VjcmV0")
    [span] = kept.get_finished_spans()
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "RuntimeError")


def test_without_a_recorder_records_pass_as_they_are() -> None:
    outputs = [output("alerts", line(0))]
    with handled("scorer", {TP: [line(0)]}, {}) as carry_on:
        assert carry_on("ledger", outputs) is outputs


def test_a_sender_that_does_not_record_is_followed() -> None:
    unsampled = PARENT[:-1] + b"0"
    [alert], spans = run([line(0, unsampled)])
    assert not spans
    assert dict(alert.headers)["traceparent"].endswith(b"-00")
    assert replace(alert, headers=()) == Outgoing("alerts", b"acme", b"{}")
