"""What a judgement does: each signal finds its story, and adds evidence to the measures that its text names."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from services.registry.archive import Kept
from services.registry.state import State
from shared.contracts.measures import Act, MeasureEvidence, Report
from shared.contracts.signals import Judgement, Signal, SignalType
from shared.domain.measures.acts import standing

_SPEAKS_OF: dict[SignalType, tuple[str, ...]] = {
    "control_imposed": ("imposed",),
    "technology_ban": ("imposed",),
    "export_halt": ("imposed",),
    "quota_change": ("imposed", "amended"),
    "tariff_change": ("imposed", "amended"),
    "licence_regime_change": ("imposed", "amended"),
    "control_expanded": ("expanded",),
    "control_suspended": ("suspended",),
    "control_lifted": ("lifted",),
    "blacklist_added": ("added", "imposed"),
    "blacklist_removed": ("removed", "lifted"),
    "blacklist_suspended": ("suspended",),
}
"""The acts that a signal of a type tells of: their announcement is its own."""


@dataclass(frozen=True, slots=True)
class Reading:
    signals: tuple[Signal, ...]
    """With story and novelty."""
    heard: tuple[Kept, ...]
    told: tuple[Signal, ...]
    """Those that are not merely another copy."""
    reports: tuple[tuple[str, Report], ...]
    """By measure id."""


def read(judgement: Judgement, accepted_at: datetime, state: State) -> Reading:
    named = {signal.id: state.names.named_by(signal, judgement.title) for signal in judgement.signals}
    announced = {
        signal.id: day for signal in judgement.signals if (day := announced_on(signal, named[signal.id], state))
    }
    is_correction = bool(state.archive.of_event(judgement.event_id))
    placed = state.stories.place(judgement, accepted_at, announced, is_correction=is_correction)
    told = tuple(one.signal for one in placed if not one.repeated)
    return Reading(
        signals=tuple(one.signal for one in placed),
        heard=tuple(Kept.of(one.signal, accepted_at, judgement.title, repeated=one.repeated) for one in placed),
        told=told,
        reports=tuple(_reports(told, named, accepted_at)),
    )


def announced_on(signal: Signal, named: Iterable[str], state: State) -> date | None:
    return _announced(signal, _acts(named, state))


def _acts(measures: Iterable[str], state: State) -> Iterator[Act]:
    for measure_id in measures:
        if entry := state.book.get(measure_id):
            yield from standing(entry.acts)


def _announced(signal: Signal, acts: Iterable[Act]) -> date | None:
    """Of the newest act that it can be about, among those that it can have known."""
    actions = _SPEAKS_OF.get(signal.type, ())
    published = signal.published_at.date()
    return max(
        (act.announced_on for act in acts if act.action in actions and act.announced_on <= published), default=None
    )


def _reports(
    signals: Iterable[Signal], named: Mapping[str, list[str]], known_at: datetime
) -> Iterator[tuple[str, Report]]:
    for signal in signals:
        for measure_id in named[signal.id]:
            yield measure_id, report_of(signal, known_at)


def report_of(signal: Signal, known_at: datetime) -> Report:
    confirmed = signal.review if signal.review and signal.review.verdict == "confirmed" else None
    return Report(
        signal_id=signal.id,
        event_id=signal.event_id,
        story_id=signal.story_id or signal.id,
        type=signal.type,
        reliability=signal.source.reliability,
        known_at=known_at,
        occurred_on=signal.occurred_on,
        is_history=signal.novelty == "stale",
        evidence=MeasureEvidence(
            source=signal.source.name,
            url=signal.url,
            published_at=signal.published_at,
            asserted=signal.asserted,
            confirmed_by=confirmed.by if confirmed else None,
        ),
    )
