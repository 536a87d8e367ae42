"""What a human's word on a signal does: it finds its story anew, and what it says of measures stands, falls or changes.

Nothing is undone step by step: what still counts of the stories concerned is told again, whole."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.registry.archive import Kept
from services.registry.news import announced_on, report_of
from services.registry.state import State
from shared.contracts.measures import Report
from shared.contracts.reviews import Corrected, Retold, Review, Standing
from shared.contracts.signals import ReviewNote, Signal
from shared.domain.judgement import direction
from shared.domain.measures.belief import TRUST
from shared.domain.stories.propositions import Proposition


@dataclass(frozen=True, slots=True)
class Heard:
    signal: Signal
    reports: tuple[tuple[str, Report], ...]
    """By measure id."""
    retold: tuple[Retold, ...]
    """None where the same word was given before."""


def hear(review: Review, kept: Kept, now: datetime, state: State) -> Heard:
    """Takes it into the archive and the stories; measures are the caller's."""
    before = kept.signal
    again = _read_again(kept, before, review, now, state)
    state.archive.put(again)
    after, stories = again.signal, tuple(dict.fromkeys((kept.story, again.story)))
    for story in stories:
        state.stories.settle(story, (one.signal for one in state.archive.standing(story)))
    same = kept.verdict == again.verdict and _reading(before) == _reading(after)
    return Heard(
        signal=after,
        reports=tuple(_reports(again, now, state)),
        retold=() if same else tuple(_retold(story, review, state.archive.standing(story)) for story in stories),
    )


def _read_again(kept: Kept, before: Signal, review: Review, now: datetime, state: State) -> Kept:
    reading, repeated = before, kept.repeated
    earlier = before.review.was_in if before.review else ()
    if review.corrected:
        reading = corrected(before, review.corrected)
        if Proposition.of(reading) != Proposition.of(before):
            named = state.names.named_by(reading, kept.title)
            placed = state.stories.place_again(reading, now, announced_on(reading, named, state), review.id)
            reading, repeated, earlier = placed.signal, placed.repeated, (*earlier, kept.story)
    note = ReviewNote(verdict=review.verdict, reason=review.reason, by=review.by, at=now, was_in=earlier)
    said = reading.model_copy(update={"review": note})
    return Kept.of(said, kept.heard_at, kept.title, repeated=repeated, words=(*kept.words, review.id))


def corrected(signal: Signal, given: Corrected) -> Signal:
    """What follows from the type and what is done with it follows anew, unless it is given too."""
    fields: dict[str, Any] = {name: getattr(given, name) for name in Corrected.model_fields if name != "removed"}
    fields = {name: value for name, value in fields.items() if value is not None} | dict.fromkeys(given.removed)
    read = signal.model_copy(update=fields)
    if given.direction is None and (given.type or given.asserted):
        eases = 1.0 if signal.direction == "easing" else 0.0
        read = read.model_copy(update={"direction": direction.of(read.type, read.asserted, eases)})
    return read


def as_it_counts(signal: Signal) -> Signal:
    """A human who confirms vouches for what is said; one who corrects, for how it is read: its source is no better."""
    verdict = signal.review.verdict if signal.review else None
    if verdict not in ("confirmed", "corrected"):
        return signal
    source = signal.source
    if verdict == "confirmed":
        source = source.model_copy(update={"reliability": TRUST.human})
    return signal.model_copy(update={"confidence": TRUST.human, "source": source})


def _reports(kept: Kept, now: datetime, state: State) -> Iterator[tuple[str, Report]]:
    signal = kept.signal
    named = state.names.named_by(signal, kept.title) if kept.counts else []
    for measure_id in named:
        yield measure_id, report_of(as_it_counts(signal), now)
    for entry in state.book:
        if entry.identity.id not in named and (withdrawal := entry.withdrawal_of(signal.id, now)):
            yield entry.identity.id, withdrawal


def _retold(story: str, review: Review, standing: Iterable[Kept]) -> Retold:
    """The first that is no history is the news of it. Only what may be put into words carries its evidence."""
    told: list[Standing] = []
    for one in standing:
        signal = as_it_counts(one.signal)
        if signal.novelty == "stale":
            continue
        update: Mapping[str, object] = {"novelty": "update" if told else "new"}
        if told and signal.id != review.signal_id:
            update = {**update, "evidence": ()}
        told.append(Standing(signal=signal.model_copy(update=update), heard_at=one.heard_at))
    return Retold(
        story_id=story,
        signal_id=review.signal_id,
        verdict=review.verdict,
        reason=review.reason,
        by=review.by,
        by_source=review.by_source,
        standing=tuple(told),
    )


def _reading(signal: Signal) -> Signal:
    return signal.model_copy(update={"review": None})
