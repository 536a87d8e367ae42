"""Which acts count, from when, and in which order; the order in which we heard of them plays no part."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from shared.contracts.base import to_json
from shared.contracts.measures import Act
from shared.domain.measures.calendar import start_of

# of acts that count from the same day and were announced on the same: what stands first happens first
_RANK = {
    "imposed": 0,
    "added": 0,
    "expanded": 1,
    "amended": 2,
    "suspended": 3,
    "extended": 4,
    "reinstated": 5,
    "lifted": 6,
    "removed": 6,
    "override": 7,
}
_PROVENANCE = {"event_id", "known_at", "evidence"}

_NO_MATTER = datetime.min.replace(tzinfo=UTC)

Precedence = tuple[bool, date, datetime, int, str, str]
SCOPE_ACTIONS = frozenset({"imposed", "added", "expanded", "amended"})


def key_of(act: Act) -> tuple[str, str]:
    """Within a measure, what tells an act from another. An override is one of its kind."""
    return (act.event_id if act.action == "override" else act.act, act.action)


def same_content(one: Act, other: Act) -> bool:
    """Who reported an act, and when we heard of it, is not part of what it says; nor what an override is about."""
    besides = {*_PROVENANCE, "instrument"} if one.action == "override" else _PROVENANCE
    return one.model_dump(exclude=besides) == other.model_dump(exclude=besides)


def standing(acts: Iterable[Act], known_at: datetime | None = None) -> list[Act]:
    """One act for each key, the newest known: other content under the same key is a correction and wins."""
    newest: dict[tuple[str, str], Act] = {}
    for act in acts:
        if known_at is None or act.known_at <= known_at:
            before = newest.get(key_of(act))
            if before is None or (before.known_at, to_json(before)) < (act.known_at, to_json(act)):
                newest[key_of(act)] = act
    return list(newest.values())


def first_day(act: Act) -> date:
    """`extended` counts from its announcement, every other action from its effect."""
    return act.announced_on if act.action == "extended" else act.effective_on


def counts_from(act: Act, zone: ZoneInfo) -> datetime:
    return start_of(first_day(act), zone)


def heard_of(act: Act, zone: ZoneInfo) -> datetime:
    """From when the act belongs to the world: its announcement, or its effect where that was earlier."""
    return start_of(min(act.announced_on, first_day(act)), zone)


def said_by(acts: Iterable[Act], moment: datetime, zone: ZoneInfo) -> list[Act]:
    return [act for act in acts if heard_of(act, zone) <= moment]


def precedence(act: Act) -> Precedence:
    """Sorts acts that count from the same instant. A human's word comes last, and of two the later one."""
    human = act.action == "override"
    return human, act.announced_on, act.known_at if human else _NO_MATTER, _RANK[act.action], act.act, act.action


def in_order(acts: Sequence[Act], zone: ZoneInfo) -> list[Act]:
    return sorted(acts, key=lambda act: (counts_from(act, zone), precedence(act)))
