"""What was read from the news of the last 90 days, and what people said of it: for so long a human can have a word."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

import orjson

from shared.contracts.base import rfc3339, to_json
from shared.contracts.signals import Signal, Verdict

KEPT_FOR = timedelta(days=90)
"""As `GET /signals` shows them."""
MOST = 50_000
"""A kilobyte each."""


@dataclass(frozen=True, slots=True)
class Kept:
    """As bytes: of a hundred thousand few are ever looked at again."""

    id: str
    event: str
    story: str
    said: bytes
    heard_at: datetime
    title: str
    """Of its text, which may name measures."""
    repeated: bool
    """Nothing that we did not have: another copy."""
    verdict: Verdict | None = None
    words: tuple[str, ...] = ()
    """Ids of what people said of it, so that a repeat is one."""

    @classmethod
    def of(cls, signal: Signal, heard_at: datetime, title: str, *, repeated: bool, words: tuple[str, ...] = ()) -> Self:
        verdict = signal.review.verdict if signal.review else None
        story = signal.story_id or signal.id
        return cls(signal.id, signal.event_id, story, to_json(signal), heard_at, title, repeated, verdict, words)

    @property
    def signal(self) -> Signal:
        return Signal.model_validate_json(self.said)

    @property
    def counts(self) -> bool:
        """A copy counts where a human vouches for it."""
        return self.verdict == "confirmed" or (self.verdict != "rejected" and not self.repeated)


class Archive:
    def __init__(self, kept: Iterable[Kept] = ()) -> None:
        self._kept: dict[str, Kept] = {}
        self._of_story: dict[str, set[str]] = {}
        self._of_event: dict[str, set[str]] = {}
        for one in kept:
            self.put(one)

    def get(self, signal_id: str) -> Kept | None:
        return self._kept.get(signal_id)

    def put(self, kept: Kept) -> None:
        if before := self._kept.get(kept.id):
            self._of_story[before.story].discard(kept.id)
        self._kept[kept.id] = kept
        self._of_story.setdefault(kept.story, set()).add(kept.id)
        self._of_event.setdefault(kept.event, set()).add(kept.id)

    def of_event(self, event_id: str) -> list[Kept]:
        return [self._kept[signal_id] for signal_id in sorted(self._of_event.get(event_id, ()))]

    def standing(self, story: str) -> list[Kept]:
        """What counts of it, the oldest first."""
        found = (self._kept[signal_id] for signal_id in self._of_story.get(story, ()))
        return sorted((one for one in found if one.counts), key=lambda one: (one.heard_at, len(one.id), one.id))

    def pruned(self, now: datetime) -> "Archive":
        """Story by story: of one that goes on, everything is needed."""
        newest: dict[str, datetime] = {}
        for one in self._kept.values():
            newest[one.story] = max(newest.get(one.story, one.heard_at), one.heard_at)
        gone = {story for story, at in newest.items() if now - at > KEPT_FOR}
        left = len(self._kept) - sum(len(self._of_story[story]) for story in gone)
        for story in sorted(newest.keys() - gone, key=lambda story: (newest[story], story)):
            if left <= MOST:
                break
            gone.add(story)
            left -= len(self._of_story[story])
        return Archive(one for one in self._kept.values() if one.story not in gone) if gone else self

    def dump(self) -> list[list[object]]:
        return [
            [orjson.Fragment(one.said), rfc3339(one.heard_at), one.title, one.repeated, one.words]
            for one in self._kept.values()
        ]

    @classmethod
    def load(cls, raw: Iterable[Any]) -> Self:
        return cls(
            Kept.of(
                Signal.model_validate(said),
                datetime.fromisoformat(heard_at),
                title,
                repeated=repeated,
                words=tuple(words),
            )
            for said, heard_at, title, repeated, words in raw
        )
