"""A measure as of one instant, with the knowledge of another (contract section 6)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from shared.catalog import countries
from shared.contracts.base import EndUse
from shared.contracts.measures import (
    Act,
    Clock,
    EntityState,
    HistoryEntry,
    ListedEntity,
    Measure,
    MeasureEvidence,
    MeasureRecord,
    Report,
    Widening,
)
from shared.domain.measures.acts import said_by, standing
from shared.domain.measures.belief import belief, confirmed_at
from shared.domain.measures.calendar import day_of, shifted, start_of
from shared.domain.measures.chronicle import Chronicle, Phase, chronicle
from shared.domain.measures.identity import Identity
from shared.domain.measures.reports import standing_reports

REPORTS_SHOWN = 20


def record_at(record: MeasureRecord, as_of: datetime, known_at: datetime | None = None) -> Measure | None:
    identity = Identity(record.measure.issuer, record.measure.ref)
    return measure_at(identity, record.acts, as_of, known_at, reports=record.reports)


def measure_at(
    identity: Identity,
    acts: Iterable[Act],
    as_of: datetime,
    known_at: datetime | None = None,
    *,
    reports: Iterable[Report] = (),
) -> Measure | None:
    """None: not announced by then. `known_at` absent: all that is known."""
    said = said_by(standing(acts, known_at), as_of, identity.zone)
    heard = [report for report in standing_reports(reports, known_at) if report.evidence.published_at <= as_of]
    if not said:
        return None
    return shown(identity, told(said, heard, identity), said, heard, as_of)


def told(acts: Sequence[Act], reports: Sequence[Report], identity: Identity) -> Chronicle:
    """The chronicle of standing acts, in which stories too may confirm that an expired suspension is over."""
    whole = chronicle(acts, identity.zone)
    return replace(whole, phases=tuple(_confirmed(whole.phases, reports, identity.zone))) if reports else whole


def _confirmed(phases: Sequence[Phase], reports: Sequence[Report], zone: ZoneInfo) -> Iterable[Phase]:
    found: tuple[datetime, datetime] | None = None
    for number, phase in enumerate(phases):
        if phase.confirmed:
            found = None
            yield phase
            continue
        ends = phases[number + 1].at if number + 1 < len(phases) else None
        if found:
            yield replace(phase, confirmed=True)
            continue
        yield phase
        found = confirmed_at(reports, phase.at, ends, zone)
        if found:
            yield replace(phase, at=found[0], known_at=found[1], act=None, confirmed=True)


def shown(
    identity: Identity, whole: Chronicle, said: Sequence[Act], reports: Sequence[Report], as_of: datetime
) -> Measure | None:
    """`whole` is told by `said` and `reports`, all of them from before `as_of`. None: not announced by then."""
    phase = whole.at(as_of)
    if phase is None:
        return None
    origin = phase.scope[0]
    passed = [move for move in whole.moves() if move.at <= as_of]
    believed = belief(reports, phase.state, _talked_of_since(passed[-1], identity), by_human=_by_human(passed[-1]))
    return Measure(
        id=identity.id,
        ref=identity.ref,
        act=origin.act,
        issuer=identity.issuer,
        instrument=phase.scope[-1].instrument,
        title=origin.title or f"{countries.name(identity.issuer)}: {identity.ref}",
        materials=_materials(phase.scope),
        targets=_targets(phase.scope),
        end_uses=_end_uses(phase.scope),
        state=phase.state,
        confirmed=phase.confirmed,
        contested=believed.contested,
        announced_on=origin.announced_on,
        effective_on=origin.effective_on,
        until=phase.until,
        suspended_until=phase.suspended_until,
        belief=believed.probability,
        evidence=_evidence(said, reports),
        clock=_clock(whole, phase, as_of, identity),
        history=tuple(map(_entry, passed)),
        entities=_entities(whole, phase),
        widened=tuple(Widening(act=act.act, title=act.title, on=act.effective_on) for act in phase.scope[1:]),
    )


def _talked_of_since(move: Phase, identity: Identity) -> datetime:
    """What was written earlier is about an earlier state."""
    return min(move.at, start_of(move.act.announced_on, identity.zone)) if move.act else move.at


def _by_human(move: Phase) -> bool:
    return move.act is not None and move.act.action == "override"


def _materials(scope: Sequence[Act]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(material for act in scope for material in act.materials))


def _targets(scope: Sequence[Act]) -> tuple[str, ...]:
    named = dict.fromkeys(target for act in scope for target in act.targets)
    return ("*",) if "*" in named else tuple(named)


def _end_uses(scope: Sequence[Act]) -> tuple[EndUse, ...]:
    """None named means every one; a later act that names none leaves them as they are."""
    if not scope[0].end_uses:
        return ()
    return tuple(dict.fromkeys(end_use for act in scope for end_use in act.end_uses))


def _clock(whole: Chronicle, phase: Phase, as_of: datetime, identity: Identity) -> Clock | None:
    ahead = next((move for move in whole.moves() if move.at > as_of), None)
    if ahead is None:
        return None
    first = day_of(ahead.at, identity.zone)
    days = (first - day_of(as_of, identity.zone)).days
    if ahead.state in ("lapsed", "lifted"):
        return Clock(event="lapses", on=shifted(first, -1), days=days - 1)
    if phase.state == "suspended":
        return Clock(event="suspension_ends", on=shifted(first, -1), days=days - 1)
    if phase.state == "announced" and ahead.state == "in_force":
        return Clock(event="takes_effect", on=first, days=days)
    return None


def _entry(move: Phase) -> HistoryEntry:
    act = move.act.act if move.act else None
    return HistoryEntry(state=move.state, from_=move.at, known_at=move.known_at, act=act, confirmed=move.confirmed)


def _evidence(said: Iterable[Act], reports: Iterable[Report]) -> tuple[MeasureEvidence, ...]:
    """Every act, and the newest reports; in the order of their publication."""
    newest = sorted(reports, key=lambda report: (report.evidence.published_at, report.event_id))[-REPORTS_SHOWN:]
    shown = [act.evidence for act in said if act.evidence] + [report.evidence for report in newest]
    return tuple(sorted(shown, key=lambda evidence: (evidence.published_at, evidence.source)))


def _entities(whole: Chronicle, phase: Phase) -> tuple[ListedEntity, ...]:
    shown: EntityState | None = "listed" if phase.state == "announced" else None
    return tuple(
        ListedEntity(name=entity.name, aliases=entity.aliases, country=entity.country, state=state)
        for entity, known in zip(whole.entities, phase.listed, strict=True)
        if (state := known or shown)
    )
