"""Which acts count, from when, and in which order; the order in which we heard of them plays no part."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from shared.catalog.entities import normalise
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
    "override": 8,
}
_ANEW = 7
"""What ended and was made again on one day has been made again: nobody ends it before he makes it."""
_MAKES = frozenset({"imposed", "added"})
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


def in_order(acts: Sequence[Act], zone: ZoneInfo) -> list[tuple[Precedence, Act]]:
    """Acts that count from the same instant go by the day of their announcement, then by what they do. A human's word
    comes last, and of two the later one."""
    made = _first_made(acts)
    ranked = [(_precedence(act, anew=_is_anew(act, made)), act) for act in acts]
    return sorted(ranked, key=lambda entry: (counts_from(entry[1], zone), entry[0]))


def _precedence(act: Act, *, anew: bool) -> Precedence:
    human = act.action == "override"
    rank = _ANEW if anew else _RANK[act.action]
    return human, act.announced_on, act.known_at if human else _NO_MATTER, rank, act.act, act.action


def _first_made(acts: Iterable[Act]) -> dict[str, date]:
    """The measure (under no name), and each entity on it, with the first day of the first act that made it."""
    made: dict[str, date] = {}
    for act in acts:
        if act.action in _MAKES:
            for name in _made_by(act):
                made[name] = min(made.get(name, act.effective_on), act.effective_on)
    return made


def _is_anew(act: Act, made: dict[str, date]) -> bool:
    return act.action in _MAKES and any(made[name] < act.effective_on for name in _made_by(act))


def _made_by(act: Act) -> list[str]:
    return [normalise(entity.name) or entity.name for entity in act.entities] or [""]
