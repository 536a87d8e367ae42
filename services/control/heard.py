"""Whom ingest has heard, and who is silent beyond the pauses that are usual for it: as the rule `SourceSilent` says it,
without the week of memory that Prometheus has."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import BaseModel, ValidationError

from services.control.copies import all_answers
from shared.clock import real_now
from shared.contracts.base import Instant
from shared.contracts.sources import Heard, HeardByCopy

ASK_WITHIN_S = 2
USUAL_PAUSES = 3
AT_LEAST_S = 86_400
"""No source is missed sooner."""


class Source(BaseModel):
    name: str
    last_heard: Instant
    age_s: float
    rhythm_s: float | None
    """The longest pause that is usual for it; none until it has paused three times."""
    silent: bool


class Sources(BaseModel):
    """Of all copies of ingest together, in real time."""

    items: list[Source]
    """Who is silent first, then by how long nothing was heard."""
    since: Instant | None
    """From here on it is complete: each copy forgets at its end whom it has heard. Absent where none answers."""
    unanswered: list[str]
    """Copies that did not answer, and why: whom they alone have heard is not here."""


async def sources_heard(ingest_url: str, authorization: str) -> Sources:
    answers, unanswered = await all_answers(ingest_url, "sources", ASK_WITHIN_S, {"authorization": authorization})
    copies: list[HeardByCopy] = []
    for answer in answers:
        try:
            copies.append(HeardByCopy.model_validate_json(answer))
        except ValidationError:
            unanswered.append("a copy's answer cannot be read: it is of another version")
    return merged(copies, unanswered, real_now())


def merged(copies: Sequence[HeardByCopy], unanswered: list[str], now: datetime) -> Sources:
    by_name: dict[str, list[Heard]] = {}
    for copy in copies:
        for heard in copy.items:
            by_name.setdefault(heard.name, []).append(heard)
    items = [_source(name, heard, now) for name, heard in by_name.items()]
    items.sort(key=lambda source: (not source.silent, -source.age_s, source.name))
    return Sources(items=items, since=max((copy.since for copy in copies), default=None), unanswered=unanswered)


def _source(name: str, heard: Sequence[Heard], now: datetime) -> Source:
    age_s = min(each.age_s for each in heard)
    rhythm_s = max((each.rhythm_s for each in heard if each.rhythm_s is not None), default=None)
    silent = rhythm_s is not None and age_s > max(USUAL_PAUSES * rhythm_s, AT_LEAST_S)
    last_heard = now - timedelta(seconds=age_s)
    return Source(name=name, last_heard=last_heard, age_s=age_s, rhythm_s=rhythm_s, silent=silent)
