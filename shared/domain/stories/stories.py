"""Copies of one text, and signals of one proposition close together in time, are one story.

A denial is told in the story that it denies, and never adds to it: it contests. A rumour is no part of the story of the
act that it spoke of: the act is news of its own."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from shared.contracts.base import rfc3339
from shared.contracts.signals import Judgement, Novelty, Signal
from shared.domain.stories.policy import POLICY, StoryPolicy
from shared.domain.stories.propositions import Proposition
from shared.domain.stories.texts import Known, Texts

_STORY_IDS = uuid.UUID("6f0c3a52-4a39-5b0e-9a6d-6d1f6f7f6a11")


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
    """None where people took back all that was told of it: what comes then is another story."""


class Stories:
    """State of a fold: what the windows need, and nothing older."""

    def __init__(self, policy: StoryPolicy = POLICY) -> None:
        self._policy = policy
        self._open: dict[str, _Story] = {}
        """By proposition: the newest story; of a denial, that of what is denied, with those who deny it."""
        self._texts = Texts()

    def place(
        self,
        judgement: Judgement,
        accepted_at: datetime,
        announced: Mapping[str, date],
        *,
        is_correction: bool = False,
    ) -> list[Placed]:
        """`announced`: signal id → the day of the act of a measure that the signal is about. `is_correction`: there was
        another text of the same event, whose signals bore the same ids."""
        today, known = accepted_at.toordinal(), self._texts.recognise(judgement)
        exactly = judgement.fingerprints.exact
        seeds = {signal.id: f"{signal.id}/{exactly}" for signal in judgement.signals} if is_correction else {}
        placed = [
            self._repeated(signal, told, accepted_at)
            if told
            else self._placed(signal, accepted_at, announced.get(signal.id), seeds.get(signal.id))
            for signal, told in zip(judgement.signals, known, strict=True)
        ]
        for exact in dict.fromkeys(told.text for told in known if told):
            self._texts.see(exact, today)
        if not all(known):
            stories = [str(one.signal.story_id) for one in placed]
            self._texts.remember(judgement, stories, self._first_day(placed, known), today)
        return placed

    def place_again(self, signal: Signal, accepted_at: datetime, announced_on: date | None, seed: str) -> Placed:
        """One that was corrected, among the stories that there are; `seed`: of its own, where it is of none."""
        return self._placed(signal, accepted_at, announced_on, seed)

    def settle(self, story_id: str, standing: Iterable[Signal]) -> None:
        """Who tells it and who denies it, once people have spoken on what they told."""
        told_by: dict[str, dict[str, None]] = {}
        for signal in standing:
            told_by.setdefault(Proposition.of(signal).voice, {})[signal.source.name.casefold()] = None
        for proposition, story in self._open.items():
            if story.id == story_id:
                sources = tuple(told_by.get(Proposition.read(proposition).voice, ()))
                self._open[proposition] = replace(story, sources=sources)

    def _first_day(self, placed: Sequence[Placed], known: Sequence[Known | None]) -> int:
        return min(
            told.day if told else self._open[str(Proposition.of(one.signal))].day.toordinal()
            for one, told in zip(placed, known, strict=True)
        )

    def _repeated(self, signal: Signal, told: Known, accepted_at: datetime) -> Placed:
        is_history = self._is_history(date.fromordinal(told.day), accepted_at)
        novelty: Novelty = "stale" if is_history else "duplicate"
        return Placed(signal.model_copy(update={"story_id": told.story, "novelty": novelty}), repeated=True)

    def _placed(
        self, signal: Signal, accepted_at: datetime, announced_on: date | None, seed: str | None = None
    ) -> Placed:
        said, published = Proposition.of(signal), signal.published_at.date()
        proposition, own_day = str(said), signal.occurred_on or announced_on
        known = self._open.get(proposition)
        if known and not self._belongs(known, own_day, published, accepted_at):
            known = None
        denied = self._denied(said, own_day, published, accepted_at)
        if denied and known and known.id != denied.id:
            known = None
        day = own_day or (known.day if known else published)
        source = signal.source.name.casefold()
        if known is None:
            story_id = denied.id if denied else _story_id(seed or signal.id)
            story = _Story(story_id, day, published, accepted_at, accepted_at, (source,))
            novelty: Novelty = "update" if denied else "new"
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

    def _denied(self, said: Proposition, own_day: date | None, published: date, accepted_at: datetime) -> _Story | None:
        """The newest story that it denies: of the act rather than of the talk about it."""
        if said.voice != "denial":
            return None
        open_ = ((Proposition.read(proposition), story) for proposition, story in self._open.items())
        found = [
            (other.voice == "act", story.last_at, story.id, story)
            for other, story in open_
            if said.denies(other) and self._belongs(story, own_day, published, accepted_at)
        ]
        return max(found, key=lambda one: one[:3])[3] if found else None

    def _belongs(self, story: _Story, own_day: date | None, published: date, accepted_at: datetime) -> bool:
        """What is told today of two acts months apart is two stories."""
        if not story.sources:
            return False
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
        self._texts.forget(oldest, self._policy.most_texts)

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
            "texts": self._texts.dump(),
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
        stories._texts = Texts.load(raw["texts"])
        return stories


def _story_id(seed: str) -> str:
    return str(uuid.uuid5(_STORY_IDS, seed))
