"""Where events come in: checked, told from what was had already, stamped, and handed to the writer."""

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, get_args

from services.ingest.answer import Result, Status
from services.ingest.body import Sent, located
from services.ingest.checking import Rejected, Valid, check
from services.ingest.records import Stamps, routed
from services.ingest.sources import Sources
from services.ingest.time_source import TimeSource
from services.ingest.writer import NotAcknowledged, Write, Writer
from shared.clock import real_now
from shared.contracts.keys import KeyRecord
from shared.events.kinds import KINDS
from shared.events.own_time import after_the_latest
from shared.http.problems import FieldError
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
    sources: Sources = field(default_factory=Sources)

    def checked(self, batch: Sequence[Sent], sender: Sender) -> list[Valid | Rejected]:
        return [
            Rejected(located(sent, [sent.error]), id=sent.id) if sent.error else self._checked(sent, sender)
            for sent in batch
        ]

    def _checked(self, sent: Sent, sender: Sender) -> Valid | Rejected:
        event = check(sent.text, sender.key, self.customers)
        return event if isinstance(event, Valid) else event._replace(errors=located(sent, event.errors))

    def take(self, batch: Sequence[Sent], verdicts: Sequence[Valid | Rejected], sender: Sender) -> Taken:
        """Returns at once; nothing is accepted before `settle` has returned."""
        taken, write, present = Taken(), self.writer.begin(), self.time.present()
        now, reached = real_now(), None
        stamps = Stamps(now, sender.traceparent)
        for sent, event in zip(batch, verdicts, strict=True):
            taken.kinds.append(event.kind)
            if isinstance(event, Rejected):
                taken.results.append(_rejected(event.id, event.event_id, event.errors))
            elif errors := after_the_latest(event.own_time, event.kind, present.latest):
                taken.results.append(_from_the_future(event, located(sent, errors)))
            elif (had := self.writer.had(event)) is not None:
                taken.results.append(_told(event, "duplicate"))
                if had.write is not None:
                    taken.writes.add(had.write)
            else:
                taken.results.append(_told(event, "accepted"))
                reached, ahead = present.accept(event.own_time)
                headers = stamps.headers(event, reached)
                self.writer.add(write, event, [*ahead, routed(event, headers, self.partitions)])
        self.sources.heard(_speakers(verdicts, taken.results), now)
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


def _speakers(verdicts: Sequence[Valid | Rejected], results: Sequence[Result]) -> set[str]:
    """Who spoke of the world, were it what we had already; a customer speaks of itself."""
    return {
        event.source
        for event, result in zip(verdicts, results, strict=True)
        if isinstance(event, Valid) and event.customer_id is None and result["status"] != "rejected"
    }


def _told(event: Valid, status: Status) -> Result:
    return {"id": event.id, "event_id": event.event_id, "status": status}


def _rejected(sender_id: str | None, event_id: str | None, errors: list[FieldError]) -> Result:
    return {"id": sender_id, "event_id": event_id, "status": "rejected", "errors": errors}


def _from_the_future(event: Valid, errors: list[FieldError]) -> Result:
    if event.id_given:
        return _rejected(event.id, event.event_id, errors)
    return _rejected(None, None, errors)


def _count(kinds: Sequence[str], outcomes: Sequence[str]) -> None:
    for (kind, outcome), count in Counter(zip(kinds, outcomes, strict=True)).items():
        _COUNTERS[kind or "other", outcome].inc(count)


# from the start: a count that begins at one has never risen. Looking one up in the library costs more than counting
_COUNTERS = {
    (kind, outcome): EVENTS_INGESTED.labels(kind=kind, outcome=outcome)
    for kind in (*KINDS, "other")
    for outcome in (*get_args(Status), "unavailable")
}
