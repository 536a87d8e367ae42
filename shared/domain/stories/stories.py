"""Stories in a first form: copies of one text, and signals of one proposition close together in time, are one story.

A denial is never of the story that it denies, nor a rumour of the act that it spoke of: the act is news of its own."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from shared.contracts.base import rfc3339
from shared.contracts.signals import Judgement, Novelty, Signal
from shared.domain.stories.policy import POLICY, StoryPolicy

_STORY_IDS = uuid.UUID("6f0c3a52-4a39-5b0e-9a6d-6d1f6f7f6a11")
_VOICE = {"asserted": "act", "denied": "denial", "speculated": "talk", "expected": "talk"}


@dataclass(frozen=True, slots=True)
class Placed:
    signal: Signal
    repeated: bool
    """Nothing that we did not have: another copy."""


@dataclass(frozen=True, slots=True)
class _Story:
    id: str
    day: date
    """Of its act, or of its first copy."""
    published_on: date
    """Its newest copy."""
    opened_at: datetime
    last_at: datetime
    sources: tuple[str, ...]


_Text = tuple[int, int, Sequence[str]]
"""Of a text that was read: the day of its act or first copy, the day when it was last seen, and the story of each of
its signals. There are many, for long: plain values with days as ordinals, written and read as they are."""


class Stories:
    """State of a fold: what the windows need, and nothing older."""

    def __init__(self, policy: StoryPolicy = POLICY) -> None:
        self._policy = policy
        self._open: dict[str, _Story] = {}
        """By proposition: the newest story."""
        self._texts: dict[str, _Text] = {}

    def place(
        self,
        judgement: Judgement,
        accepted_at: datetime,
        announced: Mapping[str, date],
    ) -> list[Placed]:
        """`announced`: signal id → the day of the act of a measure that the signal is about."""
        today, exact = accepted_at.toordinal(), judgement.fingerprints.exact
        day, _, stories = self._texts.get(exact, (today, today, ()))
        if stories and len(stories) == len(judgement.signals):
            self._texts[exact] = day, today, stories
            return [
                Placed(self._repeated(signal, story, date.fromordinal(day), accepted_at), repeated=True)
                for signal, story in zip(judgement.signals, stories, strict=True)
            ]
        placed = [self._placed(signal, accepted_at, announced.get(signal.id)) for signal in judgement.signals]
        if placed:
            first = min(self._open[_proposition(one.signal)].day for one in placed)
            self._texts[exact] = first.toordinal(), today, tuple(str(one.signal.story_id) for one in placed)
        return placed

    def _repeated(self, signal: Signal, story: str, first: date, accepted_at: datetime) -> Signal:
        novelty: Novelty = "stale" if self._is_history(signal.occurred_on or first, accepted_at) else "duplicate"
        return signal.model_copy(update={"story_id": story, "novelty": novelty})

    def _placed(self, signal: Signal, accepted_at: datetime, announced_on: date | None) -> Placed:
        proposition, published = _proposition(signal), signal.published_at.date()
        own_day = signal.occurred_on or announced_on
        known = self._open.get(proposition)
        if known and not self._belongs(known, own_day, published, accepted_at):
            known = None
        day = own_day or (known.day if known else published)
        source = signal.source.name.casefold()
        if known is None:
            story = _Story(_story_id(signal), day, published, accepted_at, accepted_at, (source,))
            novelty: Novelty = "new"
        else:
            newest, last_at = max(known.published_on, published), max(known.last_at, accepted_at)
            story = replace(known, day=min(known.day, day), published_on=newest, last_at=last_at)
            if source not in known.sources and accepted_at - known.opened_at <= self._policy.same_story_within:
                story = replace(story, sources=(*known.sources, source))
                novelty = "update"
            else:
                novelty = "duplicate"
        self._open[proposition] = story
        repeated = novelty == "duplicate"
        if self._is_history(day, accepted_at):
            novelty = "stale"
        return Placed(signal.model_copy(update={"story_id": story.id, "novelty": novelty}), repeated)

    def _belongs(self, story: _Story, own_day: date | None, published: date, accepted_at: datetime) -> bool:
        """What is told today of two acts months apart is two stories."""
        apart = abs(own_day - story.day) if own_day else abs(published - story.published_on)
        return max(apart, accepted_at - story.last_at) <= self._policy.same_story_within

    def _is_history(self, day: date, accepted_at: datetime) -> bool:
        """Days are compared: an act of thirty days ago is still news, whatever the hour."""
        return accepted_at.date() - day > self._policy.news_for

    def prune(self, now: datetime) -> None:
        self._open = {
            proposition: story
            for proposition, story in self._open.items()
            if now - story.last_at <= self._policy.same_story_within
        }
        oldest = now.toordinal() - self._policy.texts_remembered_for.days
        self._texts = {exact: text for exact, text in self._texts.items() if text[1] >= oldest}

    def dump(self) -> dict[str, Any]:
        return {
            "open": {
                proposition: [
                    story.id,
                    str(story.day),
                    str(story.published_on),
                    rfc3339(story.opened_at),
                    rfc3339(story.last_at),
                    story.sources,
                ]
                for proposition, story in self._open.items()
            },
            "texts": self._texts,
        }

    @classmethod
    def load(cls, raw: Mapping[str, Any]) -> Self:
        stories = cls()
        stories._open = {
            proposition: _Story(
                id=story,
                day=date.fromisoformat(day),
                published_on=date.fromisoformat(published_on),
                opened_at=datetime.fromisoformat(opened_at),
                last_at=datetime.fromisoformat(last_at),
                sources=tuple(sources),
            )
            for proposition, (story, day, published_on, opened_at, last_at, sources) in raw["open"].items()
        }
        stories._texts = {exact: tuple(row) for exact, row in raw["texts"].items()}
        return stories


def _proposition(signal: Signal) -> str:
    materials = ",".join(sorted(signal.materials))
    return f"{signal.type}|{signal.issuer or ''}|{materials}|{_VOICE[signal.asserted]}"


def _story_id(signal: Signal) -> str:
    return str(uuid.uuid5(_STORY_IDS, signal.id))
