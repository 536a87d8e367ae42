"""A line says what it is about: event, customer, trace, record; so that one id finds them all."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from services.dispatcher.sender import Sender
from services.ingest.testing import Ingest
from shared.kafka.fold import FoldHandler
from shared.kafka.loop import Assigned, DeadLetterLimit, Tally
from shared.kafka.record import Incoming, Outgoing, TopicPartition
from shared.kafka.snapshots import SnapshotStore
from tests.fixtures.logged import logged
from tests.unit.dispatcher.making import delivery, receiver
from tests.unit.shared.test_fold import Line, Sum

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
RECORD = Line(7, b"1", key=b"acme", headers=[("event-id", b"e-7"), ("traceparent", TRACEPARENT.encode())])
ABOUT = {"event_id": "e-7", "customer": "acme", "trace_id": TRACE, "record": "ledger/3/7"}


class Broken(Sum):
    def take(self, record: Incoming) -> Sequence[Outgoing]:  # noqa: ARG002  # a fold names it so
        raise ZeroDivisionError


async def test_the_record_that_ends_a_process(tmp_path: Path) -> None:
    fold = FoldHandler("test", lambda *_: Broken(), SnapshotStore(tmp_path, "sum", version=1))
    tp = TopicPartition("ledger", 3)
    await fold.assigned(Assigned(tp, 0, None, 8))
    with logged() as log, pytest.raises(ZeroDivisionError):
        await fold.handle(tp, [RECORD])
    [line] = log.lines()
    assert line["event"] == "a record ends this process"
    assert line.items() >= ABOUT.items()


def test_records_that_are_put_aside_by_the_first_of_them_and_not_each() -> None:
    notes = [("dlq.reason", b"no number"), ("dlq.stage", b"decode"), ("dlq.source", b"ledger/3/7")]
    dead = Outgoing("ledger.dlq", b"acme", b"?", [*RECORD.headers, *notes])
    tally = Tally(DeadLetterLimit(), ["ledger"])
    with logged() as log:
        for _ in range(50):
            tally.count("ledger", 3, [dead, dead])
    [line] = log.lines()
    assert (line["event"], line["records"], line["reason"]) == ("put aside: not understood", 2, "no number")
    assert line.items() >= ABOUT.items()


async def test_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    ingest = Ingest()

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(type(ingest.door), "checked", fail)
    with logged() as log:
        answer = await ingest.post({"kind": "news"}, traceparent=TRACEPARENT)
    [line] = log.lines()
    assert (line["trace_id"], line["request_id"], answer.json()["request_id"]) == (TRACE, TRACE, TRACE)


async def test_an_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Sender, "_post", fail)
    sent = delivery("e-1", number=3)
    with logged() as log:
        async with Sender(()) as sender:
            await sender.send(receiver(), sent)
    [line] = log.lines()
    assert (line["customer"], line["message_id"], line["endpoint"]) == ("acme", "m-0-3", "e-1")
    assert line["delivery_id"] == sent.delivery_id
    assert len(line["trace_id"]) == 32
