"""A poll's part in the traces that its records belong to: one span a topic and trace, however many its records are, and
what comes of them carries it on. Handlers know nothing of it: they hand on the `traceparent` that they were given."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from shared.kafka.about import about
from shared.kafka.record import Headers, Incoming, Outgoing, TopicPartition
from shared.tracing.spans import Span, begin, recording

HEADER = "traceparent"

CarryOn = Callable[[str, Sequence[Outgoing]], Sequence[Outgoing]]
"""Topic that was read, what came of it → the same, as parts of the traces."""


@contextmanager
def handled(
    reader: str, poll: Mapping[TopicPartition, Sequence[Incoming]], new_from: Mapping[TopicPartition, int]
) -> Iterator[CarryOn]:
    """`new_from`: what stands before it was handled by an earlier start, and is only read again."""
    if not recording():
        yield _as_it_is
        return
    parts = _Parts(reader, poll, new_from)
    try:
        yield parts.carry_on
    except BaseException as error:
        parts.end(type(error).__name__)
        raise
    parts.end()


def _as_it_is(_: str, outputs: Sequence[Outgoing]) -> Sequence[Outgoing]:
    return outputs


@dataclass(slots=True)
class _Part:
    span: Span
    records: int = 0
    gave: Counter[str] = field(default_factory=Counter)


class _Parts:
    def __init__(
        self, reader: str, poll: Mapping[TopicPartition, Sequence[Incoming]], new_from: Mapping[TopicPartition, int]
    ) -> None:
        self._reader = reader
        self._parts: dict[tuple[str, bytes], _Part] = {}
        for tp, records in poll.items():
            begins_at = new_from.get(tp, 0)
            for record in records:
                if record.offset >= begins_at and (parent := _traceparent(record.headers)):
                    self._part(record, parent).records += 1

    def carry_on(self, topic: str, outputs: Sequence[Outgoing]) -> list[Outgoing]:
        return [self._carried(topic, output) for output in outputs]

    def end(self, failure: str | None = None) -> None:
        for part in self._parts.values():
            gave = {f"chokepoint.gave.{topic}": count for topic, count in part.gave.items()}
            part.span.end({"messaging.batch.message_count": part.records, **gave}, failure=failure)

    def _part(self, record: Incoming, parent: bytes) -> _Part:
        key = (record.topic, parent)
        if key not in self._parts:
            self._parts[key] = _Part(
                begin(f"process {record.topic}", parent.decode("ascii", "replace"), "consumer", self._of(record))
            )
        return self._parts[key]

    def _of(self, record: Incoming) -> dict[str, str]:
        return {
            "messaging.system": "kafka",
            "messaging.operation.type": "process",
            "messaging.destination.name": record.topic,
            "messaging.consumer.group.name": self._reader,
            **{f"chokepoint.{name}": text for name, text in about(record).items() if name in {"event_id", "customer"}},
        }

    def _carried(self, topic: str, output: Outgoing) -> Outgoing:
        parent = _traceparent(output.headers)
        part = self._parts.get((topic, parent)) if parent else None
        if part is None:
            return output
        part.gave[output.topic] += 1
        if output.topic.endswith(".dlq"):
            return output  # it keeps the headers that it came with
        ours = part.span.traceparent.encode()
        return replace(output, headers=[(name, ours if name == HEADER else value) for name, value in output.headers])


def _traceparent(headers: Headers) -> bytes | None:
    return next((value for name, value in headers if name == HEADER), None)
