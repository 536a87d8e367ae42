"""Who speaks of the world, when each was last heard and how long it usually pauses: or nobody notices that a feed has
gone, for silence looks like a quiet world. Real time; a copy knows what it took itself since its start."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.clock import real_now
from shared.contracts.base import to_json
from shared.contracts.sources import Heard, HeardByCopy
from shared.http.auth import demand, key_of
from shared.metrics import SOURCE_AGE_SECONDS, SOURCE_RHYTHM_SECONDS

KEPT = 100
"""Sources; their names are labels, and whoever may post chooses them."""
VISIT = timedelta(minutes=10)
"""What is posted within it was one visit: a feed that brings fifty texts once a day has the rhythm of a day."""
PAUSES = 3
"""Before them nothing is usual: who spoke once, or for a few minutes, is not missed."""
FADES_BY_HALF = timedelta(days=7)
"""Nights and weekends are usual, so it is the longest pause that counts; after a week a half of it."""
ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class Source:
    last: datetime
    visit: datetime
    """When its newest visit began."""
    pauses: int = 0
    longest: timedelta = timedelta()

    def heard(self, now: datetime) -> None:
        self.last = now
        pause = now - self.visit
        if pause < VISIT:
            return
        self.visit, self.pauses = now, self.pauses + 1
        # an outage that is over was not usual: one that was longer than all before counts as twice them
        usual = pause if self.pauses == 1 else min(pause, max(2 * self.longest, ONE_DAY))
        self.longest = max(usual, self.longest * 0.5 ** (pause / FADES_BY_HALF))

    @property
    def rhythm(self) -> timedelta | None:
        return self.longest if self.pauses >= PAUSES else None


class Sources:
    def __init__(self) -> None:
        self._since = real_now()
        self._known: dict[str, Source] = {}

    def heard(self, names: Iterable[str], now: datetime) -> None:
        for name in names:
            source = self._known.get(name)
            if source is None:
                self._make_room()
                self._known[name] = source = Source(last=now, visit=now)
                SOURCE_AGE_SECONDS.labels(source=name).set_function(lambda it=source: _age_s(it))  # type: ignore[misc]
            source.heard(now)
            if (rhythm := source.rhythm) is not None:
                SOURCE_RHYTHM_SECONDS.labels(source=name).set(rhythm.total_seconds())

    def known(self) -> HeardByCopy:
        known = sorted(self._known.items())
        return HeardByCopy(since=self._since, items=tuple(_as_told(name, source) for name, source in known))

    def _make_room(self) -> None:
        """A flood of names that come once does not push out who comes always."""
        if len(self._known) < KEPT:
            return
        name = min(self._known, key=lambda each: (self._known[each].rhythm is not None, self._known[each].last))
        gone = self._known.pop(name)
        SOURCE_AGE_SECONDS.remove(name)
        if gone.rhythm is not None:
            SOURCE_RHYTHM_SECONDS.remove(name)


def _age_s(source: Source) -> float:
    return (real_now() - source.last).total_seconds()


def _as_told(name: str, source: Source) -> Heard:
    rhythm_s = source.rhythm.total_seconds() if source.rhythm is not None else None
    return Heard(name=name, age_s=_age_s(source), rhythm_s=rhythm_s)


def sources_route(sources: Sources) -> Route:
    async def heard(request: Request) -> Response:
        """Of this copy alone: control asks them all for `GET /coverage`, with the key of who asks."""
        demand(key_of(request.scope), "risk:read", request.method)
        return Response(to_json(sources.known()), media_type="application/json")

    return Route("/sources", heard)
