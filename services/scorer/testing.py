"""A ledger for tests: records in, messages and scores out, a clock in the records."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
from pydantic import BaseModel

from services.scorer.fold import LedgerFold
from services.scorer.state import empty
from shared.contracts.base import to_json
from shared.contracts.changes import Change, LadderStep, Transition
from shared.contracts.customers import Acknowledgement, CustomerProfile, Exposure, ProfileRecord, Silence
from shared.contracts.events import Inventory, LicenceApplication, LicenceDecision, Shipment, Source
from shared.contracts.measures import ListedEntity, Measure, MeasureEvidence, MeasureState
from shared.contracts.reviews import Retold, Standing
from shared.contracts.signals import Evidence, Signal, SignalSource, Verdict
from shared.kafka.record import Outgoing, Stamp
from shared.kafka.topics import ALERTS, RISK_SCORES

Json = dict[str, Any]
ERP = Source(name="ERP", type="company")
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LedgerRecord:
    offset: int
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    topic: str = "ledger"
    partition: int = 1
    key: bytes | None = b"key"


@dataclass
class Ledger:
    """One partition and its fold. Each method writes one record at `now` and answers the messages that it made."""

    partition: int = 1
    now: datetime = MONDAY
    records: list[LedgerRecord] = field(default_factory=list)
    outputs: list[Outgoing] = field(default_factory=list)
    changes: int = 0
    versions: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fold = LedgerFold(empty(self.partition))

    # what came out

    @property
    def messages(self) -> list[Json]:
        return messages(self.outputs)

    def risk(self, customer_id: str, material: str) -> Json:
        """The newest record of one exposure."""
        key = f"{customer_id}/{material}".encode()
        value = next(o.value for o in reversed(self.outputs) if o.topic == RISK_SCORES and o.key == key)
        found: Json = orjson.loads(value or b"null")
        return found

    # what goes in

    def write(self, event_id: str, schema: str, given: BaseModel, *, quiet: bool = False) -> list[Json]:
        stamp = Stamp(event_id, self.now, self.now, f"{schema}/1", quiet=quiet)
        record = LedgerRecord(len(self.records), to_json(given), stamp.headers(), partition=self.partition)
        return self.take(record)

    def take(self, record: LedgerRecord) -> list[Json]:
        self.records.append(record)
        outputs = self.fold.take(record)
        self.outputs.extend(outputs)
        return messages(outputs)

    def after(self, **step: float) -> "Ledger":
        self.now += timedelta(**step)
        return self

    def customer(self, customer_id: str, *exposures: Exposure, baseline: str = "quiet", **profile: Any) -> list[Json]:
        words = {"name": customer_id, "destination": "DE", "end_use": "civil"} | profile
        return self.profile(customer_id, CustomerProfile(exposures=exposures, **words), baseline=baseline)

    def profile(self, customer_id: str, profile: CustomerProfile | None, *, baseline: str = "quiet") -> list[Json]:
        version = self.versions[customer_id] = self.versions.get(customer_id, 0) + 1
        words: Json = {"customer_id": customer_id, "version": version, "baseline": baseline, "profile": profile}
        record = ProfileRecord.model_validate(words)
        return self.write(f"profile/{customer_id}/{version}", "profile", record)

    def change(self, **words: Any) -> list[Json]:
        self.changes += 1
        given = {"number": self.changes, "record_id": f"event-{self.changes}", "cause": "act", "at": self.now} | words
        return self.write(f"event-{self.changes}", "change", Change.model_validate(given))

    def act(self, measure: Measure, previous: MeasureState | None = None, **words: Any) -> list[Json]:
        """The measure moved to the state that it has."""
        transition = Transition(
            measure_id=measure.id,
            previous=previous,
            state=measure.state,
            confirmed=measure.confirmed,
            at=self.now,
            act=measure.act,
        )
        return self.change(**({"transitions": [transition], "measures": [measure]} | words))

    def tick(self, **words: Any) -> list[Json]:
        return self.change(cause="tick", **words)

    def step(self, measure: Measure, days: int, on: date) -> list[Json]:
        words: Json = {"measure_id": measure.id, "event": "suspension_ends", "on": on, "days": days, "at": self.now}
        return self.tick(steps=[LadderStep.model_validate(words)], measures=[measure])

    def news(self, *signals: Signal) -> list[Json]:
        return self.change(cause="judgement", signals=signals)

    def retell(
        self,
        story: str,
        verdict: Verdict,
        *standing: Signal,
        signal_id: str | None = None,
        heard_at: datetime | None = None,
    ) -> list[Json]:
        """A human has spoken on a signal of the story; this stands of it."""
        given: Json = {"story_id": story, "signal_id": signal_id or f"{story}-licence_denied", "verdict": verdict}
        heard = [Standing(signal=one, heard_at=heard_at or self.now) for one in standing]
        given |= {"reason": "It was a rumour.", "by": "desk", "standing": heard}
        return self.change(cause="review", retold=[Retold.model_validate(given)])

    def decision(
        self, customer_id: str, ref: str, decision: str, *, event_id: str | None = None, **words: Any
    ) -> list[Json]:
        given = {"customer_id": customer_id, "licence_ref": ref, "decision": decision, "material": "terbium"} | words
        event = LicenceDecision.model_validate(
            {"kind": "licence_decision", "source": ERP, "decided_at": self.now} | given
        )
        return self.write(event_id or f"{ref}-{decision}-{event.decided_at}", "licence_decision", event)

    def application(self, customer_id: str, ref: str, *, event_id: str | None = None, **words: Any) -> list[Json]:
        given: Json = {"customer_id": customer_id, "licence_ref": ref, "material": "terbium", "quantity_kg": 100}
        given |= {"origin": "CN", "destination": "DE", "end_use": "civil", "submitted_at": self.now, "source": ERP}
        event = LicenceApplication.model_validate({"kind": "licence_application"} | given | words)
        return self.write(event_id or f"{ref}-filed", "licence_application", event)

    def stock(
        self, customer_id: str, on_hand_kg: float, daily_use_kg: float = 1, *, event_id: str | None = None, **words: Any
    ) -> list[Json]:
        given: Json = {"customer_id": customer_id, "material": "terbium", "as_of": self.now, "source": ERP}
        given |= {"on_hand_kg": on_hand_kg, "daily_use_kg": daily_use_kg}
        event = Inventory.model_validate({"kind": "inventory"} | given | words)
        return self.write(event_id or f"stock-{event.as_of}-{on_hand_kg}", "inventory", event)

    def shipment(
        self, customer_id: str, ref: str, quantity_kg: float, *, event_id: str | None = None, **words: Any
    ) -> list[Json]:
        given: Json = {"customer_id": customer_id, "shipment_ref": ref, "material": "terbium", "origin": "CN"}
        given |= {"destination": "DE", "quantity_kg": quantity_kg, "status": "arrived", "occurred_at": self.now}
        event = Shipment.model_validate({"kind": "shipment", "source": ERP} | given | words)
        return self.write(event_id or f"{ref}-{event.status}", "shipment", event)

    def silence(self, name: str, customer_id: str | None, hours: float, **matchers: str) -> list[Json]:
        until = self.now + timedelta(hours=hours)
        record = Silence(id=name, customer_id=customer_id, matchers=matchers, starts_at=self.now, until=until)
        return self.write(f"silence/{name}", "silence", record)

    def acknowledge(self, alert: Json) -> list[Json]:
        customer_id, alert_id = alert["data"]["customer_id"], alert["data"]["id"]
        record = Acknowledgement(customer_id=customer_id, alert_id=alert_id, by="buyer")
        return self.write(f"acknowledgement/{alert_id}", "acknowledgement", record)


def messages(outputs: Sequence[Outgoing]) -> list[Json]:
    """Records of `alerts`, with the body's fields beside them."""
    found = [orjson.loads(output.value or b"") for output in outputs if output.topic == ALERTS]
    return [record | record["body"] for record in found if record.get("customer_id")]


def operator_messages(outputs: Sequence[Outgoing]) -> list[Json]:
    found = [orjson.loads(output.value or b"") for output in outputs if output.topic == ALERTS]
    return [record | record["body"] for record in found if not record.get("customer_id")]


def bought(material: str = "terbium", cover: float = 60, **words: Any) -> Exposure:
    """A tonne a year, all of it from China."""
    given: Json = {"material": material, "annual_demand_kg": 1_000, "origins": {"CN": 1.0}, "inventory_days": cover}
    return Exposure.model_validate(given | words)


def measure(ref: str = "CN-1", state: MeasureState = "in_force", **words: Any) -> Measure:
    """China demands a licence for terbium."""
    given: Json = {
        "id": ref,
        "ref": ref,
        "act": ref,
        "issuer": "CN",
        "instrument": "licence_requirement",
        "title": "Licence requirement for terbium",
        "materials": ["terbium"],
        "targets": ["*"],
        "state": state,
        "confirmed": True,
        "announced_on": "2026-03-02",
        "effective_on": "2026-03-02",
        "belief": 0.99,
        "evidence": [MeasureEvidence(source="Ministry of Commerce", published_at=MONDAY, asserted="asserted")],
    }
    return Measure.model_validate(given | words)


def listing(ref: str, *entities: tuple[str, str], **words: Any) -> Measure:
    listed = [ListedEntity.model_validate({"name": name, "state": state}) for name, state in entities]
    return measure(ref, instrument="entity_listing", materials=[], entities=listed, title="Entities listed", **words)


def signal(story: str = "story-1", type: str = "licence_denied", **words: Any) -> Signal:  # noqa: A002
    text = "Beijing rejected an application for terbium."
    given: Json = {
        "id": f"{story}-{type}",
        "event_id": f"event-{story}",
        "type": type,
        "materials": ["terbium"],
        "issuer": "CN",
        "asserted": "asserted",
        "direction": "tightening",
        "confidence": 0.9,
        "source": SignalSource(name="Wire", type="newswire", reliability=0.9),
        "published_at": MONDAY,
        "evidence": [Evidence(start=0, end=len(text), text=text, field="title")],
        "story_id": story,
        "novelty": "new",
        "classifier": "test@1",
    }
    return Signal.model_validate(given | words)
