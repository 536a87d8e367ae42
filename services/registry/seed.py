"""The catalogue's timeline as records for `world`: acts as they would be posted, and what was never an act as its
issuer's asserted signal."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import TypeAdapter

from services.registry.records import CATCHING_UP_HEADER, SEED_HEADER
from shared.catalog import countries
from shared.catalog.acts import acts
from shared.contracts.base import Wire, rfc3339, to_json
from shared.contracts.events import ListChange, MeasureChange, Source
from shared.contracts.signals import (
    Evidence,
    Fingerprints,
    Judgement,
    Signal,
    SignalSource,
    SignalType,
)
from shared.domain.judgement import direction
from shared.domain.measures import start_of
from shared.domain.measures.belief import TRUST
from shared.domain.measures.identity import country_of
from shared.kafka.record import Outgoing, Stamp
from shared.kafka.topics import WORLD

CLASSIFIER = "timeline@1"
_EVENT_IDS = uuid.UUID("0c1d63f6-6a52-5f57-8a3d-5b1f0c3e7d52")
_ACT: TypeAdapter[MeasureChange | ListChange] = TypeAdapter(MeasureChange | ListChange)


class _Signal(Wire):
    """A line of kind `signal`."""

    id: str
    type: SignalType
    source: Source
    issuer: str
    title: str
    materials: tuple[str, ...]
    targets: tuple[str, ...]
    announced_on: date
    effective_on: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    id: str
    due: datetime
    """00:00 of its announcement in the issuer's zone."""
    kind: str
    value: bytes

    @property
    def event_id(self) -> str:
        return str(uuid.uuid5(_EVENT_IDS, self.id))


def lines() -> list[Line]:
    """In the order of their announcement."""
    return sorted(map(_line, acts()), key=lambda line: line.due)


def record(line: Line, accepted_at: datetime, received_at: datetime, *, quiet: bool, jump: datetime | None) -> Outgoing:
    notes = [(SEED_HEADER, line.id.encode())]
    if jump:
        notes.append((CATCHING_UP_HEADER, rfc3339(jump).encode()))
    stamp = Stamp(
        event_id=line.event_id,
        accepted_at=accepted_at,
        received_at=received_at,
        schema=f"{line.kind}/1",
        quiet=quiet,
        extra=tuple(notes),
    )
    return Outgoing(WORLD, line.event_id.encode(), line.value, stamp.headers(), partition=0)


def _line(row: Mapping[str, object]) -> Line:
    plain, kind, line_id = _plain(row), str(row["kind"]), str(row["id"])
    if kind == "signal":
        signal = _Signal.model_validate(plain)
        due = start_of(signal.announced_on, countries.zone(signal.issuer))
        return Line(line_id, due, "judgement", to_json(_judgement(signal, due)))
    event = _ACT.validate_python(plain)
    issuer = event.issuer if isinstance(event, MeasureChange) else country_of(event.authority)
    due = start_of(event.announced_on, countries.zone(issuer or ""))
    return Line(line_id, due, kind, to_json(event))


def _judgement(line: _Signal, published_at: datetime) -> Judgement:
    """The issuer has said so itself: its title is the text, and all of it is evidence."""
    event_id = str(uuid.uuid5(_EVENT_IDS, line.id))
    source = SignalSource(name=line.source.name, type=line.source.type, reliability=TRUST.gazette)
    signal = Signal(
        id=f"{event_id}-1",
        event_id=event_id,
        type=line.type,
        materials=line.materials,
        issuer=line.issuer,
        targets=line.targets,
        asserted="asserted",
        direction=direction.of(line.type, "asserted", eases=0),
        effective_on=line.effective_on,
        expires_on=line.until,
        occurred_on=line.announced_on,
        confidence=TRUST.gazette,
        source=source,
        published_at=published_at,
        url=line.source.url,
        evidence=(Evidence(start=0, end=len(line.title), text=line.title, field="title"),),
        classifier=CLASSIFIER,
    )
    return Judgement(
        event_id=event_id,
        source=source,
        title=line.title,
        url=line.source.url,
        published_at=published_at,
        language="en",
        fingerprints=Fingerprints(exact=hashlib.sha256(line.title.encode()).hexdigest()),
        signals=(signal,),
        classifier=CLASSIFIER,
    )


def _plain(value: object) -> object:
    """The catalogue hands out read-only mappings."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return value
