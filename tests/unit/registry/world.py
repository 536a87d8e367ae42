"""A `world` without Kafka: records in, what the registry says out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel

from services.registry.fold import Registry
from shared.contracts.base import rfc3339, to_json
from shared.contracts.changes import Change, LadderStep, Tick
from shared.contracts.events import ListChange, MeasureChange, Price, TradeFlow
from shared.contracts.measures import Measure, MeasureRecord, Override
from shared.contracts.reviews import Review
from shared.contracts.signals import Evidence, Fingerprints, Judgement, Signal, SignalSource, Verdict
from shared.kafka.record import Headers, Outgoing, Stamp

PARTITIONS = 3


@dataclass(frozen=True, slots=True)
class Record:
    value: bytes | None
    headers: Headers
    offset: int = 0
    topic: str = "world"
    partition: int = 0
    key: bytes | None = None


def at(text: str) -> datetime:
    """`2025-11-07` is its midnight, `2025-11-07T09:30` is that time; UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(slots=True)
class World:
    registry: Registry = field(default_factory=lambda: Registry(PARTITIONS))
    log: list[Record] = field(default_factory=list)
    said: list[Outgoing] = field(default_factory=list)

    def put(
        self, fact: BaseModel, when: str | datetime, event_id: str = "", *, quiet: bool = False, **notes: str
    ) -> Change | None:
        """What changes by it, if anything does."""
        moment = at(when) if isinstance(when, str) else when
        stamp = Stamp(
            event_id=event_id or f"event-{len(self.log)}",
            accepted_at=moment,
            received_at=moment,
            schema="any/1",
            quiet=quiet,
            extra=tuple((name.replace("_", "-"), value.encode()) for name, value in notes.items()),
        )
        return self.take(Record(to_json(fact), stamp.headers()))

    def take(self, record: Record) -> Change | None:
        self.log.append(record)
        outputs = self.registry.take(record)
        self.said.extend(outputs)
        found = changes(outputs)
        return found[0] if found else None

    def tick(self, when: str, catching_up_to: str | None = None) -> Change:
        end = at(catching_up_to) if catching_up_to else None
        change = self.put(Tick(at=at(when), catching_up_to=end), when, f"tick/{rfc3339(at(when))}")
        assert change is not None
        return change

    def days(self, first: str, last: str) -> list[Change]:
        """A tick at each midnight."""
        count = (at(last) - at(first)).days
        return [self.tick((at(first) + timedelta(days=day)).date().isoformat()) for day in range(count + 1)]

    def measure(self, ref: str) -> Measure:
        records = [MeasureRecord.model_validate_json(one.value or b"") for one in self.said if one.topic == "measures"]
        return [record.measure for record in records if record.measure.ref == ref][-1]

    def signals(self) -> list[Signal]:
        return [Signal.model_validate_json(one.value or b"") for one in self.said if one.topic == "signals"]


def changes(outputs: Sequence[Outgoing]) -> list[Change]:
    """Each once; that every partition got it is checked on the way."""
    of_partition = {
        number: [one.value for one in outputs if one.topic == "ledger" and one.partition == number]
        for number in range(PARTITIONS)
    }
    assert of_partition[0] == of_partition[1] == of_partition[2]
    return [Change.model_validate_json(value or b"") for value in of_partition[0]]


def steps(found: Sequence[Change]) -> list[LadderStep]:
    return [step for change in found for step in change.steps]


def measure_change(action: str, /, **fields: Any) -> MeasureChange:
    """An act of China on CN-2025-61: `announced_on` is its first day unless said otherwise."""
    given = {
        "kind": "measure_change",
        "source": {"name": "MOFCOM", "type": "government"},
        "issuer": "CN",
        "act": f"CN-ACT-{action}",
        "ref": "CN-2025-61",
        "instrument": "licence_requirement",
        "action": action,
        "materials": ["terbium"],
        "targets": ["*"],
        **fields,
    }
    given.setdefault("announced_on", given["effective_on"])
    return MeasureChange.model_validate(given)


def imposed(**fields: Any) -> MeasureChange:
    return measure_change("imposed", **{"act": "CN-2025-61", "effective_on": "2025-10-09", **fields})


def suspended(until: str | None = "2026-11-10", **fields: Any) -> MeasureChange:
    return measure_change("suspended", **{"act": "CN-2025-70", "effective_on": "2025-11-07", "until": until, **fields})


def list_change(action: str, names: Sequence[str], /, **fields: Any) -> ListChange:
    given = {
        "kind": "list_change",
        "source": {"name": "MOFCOM", "type": "government"},
        "authority": "CN-MOFCOM",
        "list": "export_control_list",
        "act": f"CN-ACT-{action}",
        "ref": "CN-2025-21",
        "action": action,
        "entities": [{"name": name, "country": "US"} for name in names],
        **fields,
    }
    given.setdefault("announced_on", given["effective_on"])
    return ListChange.model_validate(given)


def override(state: str, /, **fields: Any) -> Override:
    given = {"id": "override/1", "measure_id": "CN-2025-61", "state": state, "reason": "seen", "by": "ops", **fields}
    return Override.model_validate(given)


def word(verdict: Verdict, signal_id: str, /, number: int = 1, **corrected: Any) -> Review:
    """A human's; each has a number of its own."""
    given = {"id": f"review/{number}", "signal_id": signal_id, "verdict": verdict, "reason": "read it", "by": "ops"}
    return Review.model_validate(given | ({"corrected": corrected} if verdict == "corrected" else {}))


def price(amount: float, as_of: str, /, **fields: Any) -> Price:
    source = {"name": "Argus", "type": "trade_press"}
    return Price.model_validate(
        {"kind": "price", "source": source, "as_of": at(as_of), "material": "terbium", "price": amount}
        | {"currency": "USD", "unit": "kg"}
        | fields
    )


def flow(quantity: float, period: str) -> TradeFlow:
    return TradeFlow.model_validate(
        {"kind": "trade_flow", "source": {"name": "Customs", "type": "government"}, "reporter": "CN", "partner": "DE"}
        | {"hs_code": "280530", "period": period, "quantity_kg": quantity}
    )


def news(
    title: str = "China tightens its grip on terbium",
    *,
    published: str,
    source: str = "Reuters",
    text: str | None = None,
    event_id: str = "",
    **fields: Any,
) -> Judgement:
    """One article with one signal; `text` stands for its body: the same text is a copy."""
    event_id = event_id or f"{source}-{published}-{title}"
    said_by = SignalSource(name=source, type="newswire", reliability=0.9)
    signal = Signal.model_validate(
        {"id": f"{event_id}-1", "event_id": event_id, "type": "control_imposed", "materials": ("terbium",)}
        | {"issuer": "CN", "asserted": "asserted", "direction": "tightening", "confidence": 0.8, "source": said_by}
        | {"published_at": at(published), "classifier": "test@1"}
        | {"evidence": (Evidence(start=0, end=len(title), text=title, field="title"),)}
        | fields
    )
    return Judgement(
        event_id=event_id,
        source=said_by,
        title=title,
        published_at=at(published),
        language="en",
        fingerprints=Fingerprints(exact=text or f"{source}{title}{published}"),
        signals=(signal,),
        classifier="test@1",
    )
