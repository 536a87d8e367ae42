"""Where events come in: judged, told from what was had already, stamped, and handed to the writer."""

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from services.ingest.answer import Result, Status
from services.ingest.body_forms import Sent, located
from services.ingest.judging import Judged, Rejected, judge
from services.ingest.routing import routed
from services.ingest.rules import too_early_for
from services.ingest.time_source import TimeSource
from services.ingest.writer import NotAcknowledged, Write, Writer
from shared.clock import real_now
from shared.contracts.keys import KeyRecord
from shared.http.problems import FieldError
from shared.kafka.record import Headers, Stamp
from shared.metrics import EVENTS_INGESTED


class Sender(NamedTuple):
    """Whose events these are, and the trace that they belong to."""

    key: KeyRecord
    traceparent: str


@dataclass(slots=True)
class Taken:
    """A batch on its way: its results hold once `writes` are done."""

    results: list[Result] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    writes: set[Write] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Door:
    writer: Writer
    time: TimeSource
    customers: Container[str]
    partitions: int

    def judged(self, batch: Sequence[Sent], sender: Sender) -> list[Judged | Rejected]:
        return [
            Rejected(located(sent, [sent.error]), id=sent.id) if sent.error else self._judged(sent, sender)
            for sent in batch
        ]

    def _judged(self, sent: Sent, sender: Sender) -> Judged | Rejected:
        judged = judge(sent.text, sender.key, self.customers)
        return judged if isinstance(judged, Judged) else judged._replace(errors=located(sent, judged.errors))

    def take(self, batch: Sequence[Sent], verdicts: Sequence[Judged | Rejected], sender: Sender) -> Taken:
        """Returns at once; nothing is accepted before `settle` has returned."""
        taken, write, present = Taken(), self.writer.begin(), self.time.present()
        stamps, reached = _Stamps(real_now(), sender.traceparent), None
        for sent, event in zip(batch, verdicts, strict=True):
            taken.kinds.append(event.kind)
            if isinstance(event, Rejected):
                taken.results.append(_rejected(event.id, event.event_id, event.errors))
            elif errors := too_early_for(event.own_time, event.kind, present.latest):
                taken.results.append(_too_early(event, located(sent, errors)))
            elif (had := self.writer.had(event)) is not None:
                taken.results.append(_valid(event, "duplicate"))
                if had.write is not None:
                    taken.writes.add(had.write)
            else:
                taken.results.append(_valid(event, "accepted"))
                reached, ahead = present.accept(event.own_time)
                headers = stamps.headers(event, reached)
                self.writer.add(write, event, [*ahead, routed(event, headers, self.partitions)])
        if reached is not None:
            taken.writes.add(write)
            self._start(write, reached)
        return taken

    def _start(self, write: Write, reached: datetime) -> None:
        def ended(_: object) -> None:
            if write.done.cancelled() or write.done.exception() is not None:
                self.time.failed()
            else:
                self.time.written(reached)

        write.done.add_done_callback(ended)
        self.writer.start(write)

    async def settle(self, taken: Taken) -> list[Result]:
        """:raises NotAcknowledged: the broker did not say in time that it has them."""
        try:
            await self.writer.wait(taken.writes)
        except NotAcknowledged:
            _count(taken.kinds, ["unavailable"] * len(taken.kinds))
            raise
        _count(taken.kinds, [result["status"] for result in taken.results])
        return taken.results


class _Stamps:
    """The headers of a batch: but for its id, an event shares them with the others of its kind and instant."""

    def __init__(self, received_at: datetime, traceparent: str) -> None:
        self._received_at = received_at
        self._traceparent = traceparent
        self._shared: dict[tuple[str, datetime], Headers] = {}

    def headers(self, event: Judged, accepted_at: datetime) -> Headers:
        shared = self._shared.get((event.kind, accepted_at))
        if shared is None:
            stamp = Stamp(event.event_id, accepted_at, self._received_at, f"{event.kind}/1", self._traceparent)
            shared = [header for header in stamp.headers() if header[0] != "event-id"]
            self._shared[event.kind, accepted_at] = shared
        return [("event-id", event.event_id.encode()), *shared]


def _valid(judged: Judged, status: Status) -> Result:
    return {"id": judged.id, "event_id": judged.event_id, "status": status}


def _rejected(sender_id: str | None, event_id: str | None, errors: list[FieldError]) -> Result:
    return {"id": sender_id, "event_id": event_id, "status": "rejected", "errors": errors}


def _too_early(judged: Judged, errors: list[FieldError]) -> Result:
    if judged.id_given:
        return _rejected(judged.id, judged.event_id, errors)
    return _rejected(None, None, errors)


def _count(kinds: Sequence[str], outcomes: Sequence[str]) -> None:
    for (kind, outcome), count in Counter(zip(kinds, outcomes, strict=True)).items():
        EVENTS_INGESTED.labels(kind=kind or "other", outcome=outcome).inc(count)
