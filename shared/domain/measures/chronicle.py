"""A walk through time over a measure's acts: every phase that it was in, is in, and by its clocks will be in."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from shared.contracts.measures import Act, EntityState, MeasureState
from shared.domain.measures.acts import SCOPE_ACTIONS, Precedence, counts_from, heard_of, in_order
from shared.domain.measures.calendar import start_of
from shared.domain.measures.life import Life
from shared.domain.measures.roster import Listed, removals_of_nobody, roster

Occasion = tuple[datetime, Precedence, Callable[[Act, datetime], bool], Act]
_ABOUT_ALL = frozenset({"suspended", "extended", "reinstated", "lifted", "override"})
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Phase:
    """From `at` on, until the next one."""

    at: datetime
    state: MeasureState
    confirmed: bool
    suspended_until: date | None
    until: date | None
    act: Act | None
    """What brought it; none where a clock did."""
    known_at: datetime
    scope: tuple[Act, ...]
    """The acts that say what it is about, the one that made it first."""
    listed: tuple[EntityState | None, ...] = ()
    """Of each entity; none before it is on the list."""


@dataclass(frozen=True, slots=True)
class Chronicle:
    born: datetime
    """00:00 of the day when the measure was announced: before, it is absent, whatever its acts say of earlier days."""
    phases: tuple[Phase, ...]
    entities: tuple[Listed, ...]

    def at(self, moment: datetime) -> Phase | None:
        return next((phase for phase in reversed(self.phases) if phase.at <= moment), None)

    def moves(self) -> Iterator[Phase]:
        """The phases in which it stands otherwise than in the one before."""
        before = None
        for phase in self.phases:
            if is_move(before, phase):
                yield phase
            before = phase


def is_move(before: Phase | None, phase: Phase) -> bool:
    """Of two phases of one chronicle: it stands otherwise, or it was ended and made anew on one day."""
    return before is None or stands_otherwise(before, phase) or before.scope[0] is not phase.scope[0]


def stands_otherwise(before: Phase, phase: Phase) -> bool:
    return (before.state, before.confirmed) != (phase.state, phase.confirmed)


def chronicle(acts: Sequence[Act], zone: ZoneInfo) -> Chronicle:
    """`acts`: standing ones (`acts.standing`), at least one, in any order."""
    ranked = in_order(acts, zone)
    entities = roster([act for _, act in ranked])
    idle = removals_of_nobody(entities)
    if any(id(act) not in idle and act.action != "override" for act in acts):
        ranked = [(order, act) for order, act in ranked if id(act) not in idle]
        entities = roster([act for _, act in ranked])
    ordered = [act for _, act in ranked]
    born = min(start_of(act.announced_on, zone) for act in ordered)
    phases = _Walk(ordered, entities, zone).phases(ranked)
    first = max(index for index, phase in enumerate(phases) if phase.at <= born)
    known = [replace(phases[first], at=born), *phases[first + 1 :]]
    return Chronicle(born, tuple(known), tuple(entities))


@dataclass(slots=True)
class _Thread:
    """A life, and the acts that are about it. Entities whom the same acts name share one."""

    life: Life
    acts: frozenset[int]


class _Walk:
    def __init__(self, acts: Sequence[Act], entities: Sequence[Listed], zone: ZoneInfo) -> None:
        self._zone = zone
        whole = frozenset(id(act) for act in acts if not act.entities)
        named = [frozenset(map(id, entity.acts)) for entity in entities]
        threads = {key: _Thread(Life(zone), key) for key in dict.fromkeys(named)}
        self._whole = _Thread(Life(zone), whole)
        self._threads = tuple(threads.values())
        self._all = (self._whole, *self._threads)
        self._of_entity = [threads[key].life for key in named]
        self._scope: tuple[Act, ...] = ()
        self._at = self._known_at = _NEVER

    def phases(self, ranked: Sequence[tuple[Precedence, Act]]) -> list[Phase]:
        occasions: list[Occasion] = []
        for order, act in ranked:
            occasions.append((heard_of(act, self._zone), order, self._hear, act))
            occasions.append((counts_from(act, self._zone), order, self._count, act))
        kept: list[Phase] = []
        for at, _, take, act in sorted(occasions, key=lambda occasion: occasion[:2]):
            self._run_clocks(kept, until=at)
            self._at = at
            self._known_at = max(self._known_at, act.known_at)
            if take(act, at):
                _keep(kept, self._phase(at, act, act.known_at))
        self._run_clocks(kept, until=None)
        return kept

    def _hear(self, act: Act, _at: datetime) -> bool:
        was_alive = self._is_alive()
        named = [thread.life for thread in self._all if id(act) in thread.acts]
        begun = [life for life in named if life.begin(act)]
        self._begin_scope(act, was_alive)
        return bool(begun)

    def _count(self, act: Act, at: datetime) -> bool:
        was_alive = self._is_alive()
        for thread in self._about(act):
            thread.life.act(act, at)
        self._begin_scope(act, was_alive)
        if act.action in SCOPE_ACTIONS and act is not self._scope[0] and self._is_alive():
            self._scope += (act,)
        return True

    def _about(self, act: Act) -> list[_Thread]:
        """What is said of a whole list is said of all on it; it brings back nobody who was taken off before."""
        named = [thread for thread in self._all if id(act) in thread.acts]
        if act.entities or act.action not in _ABOUT_ALL:
            return named
        begun = [thread for thread in self._threads if thread.life.begun]
        nobody_left = all(thread.life.ended for thread in begun)
        return named + [thread for thread in begun if nobody_left or not (thread.life.ended and thread.life.removed)]

    def _is_alive(self) -> bool:
        return any(thread.life.begun and not thread.life.ended for thread in self._all)

    def _begin_scope(self, act: Act, was_alive: bool) -> None:
        if not was_alive and any(thread.life.begun is act for thread in self._all):
            self._scope = (act,)

    def _run_clocks(self, kept: list[Phase], until: datetime | None) -> None:
        while due := [(alarm, thread.life) for thread in self._all if (alarm := thread.life.next_alarm())]:
            (at, what), life = min(due, key=lambda entry: entry[0][0])
            if until and at > until:
                return
            at = self._at = max(at, self._at)  # an act may set an end that had passed when it counts
            act = life.run(what)
            _keep(kept, self._phase(at, act, act.known_at if act else max(at, self._known_at)))

    def _phase(self, at: datetime, act: Act | None, known_at: datetime) -> Phase:
        lives = [thread.life for thread in self._threads if thread.life.begun] or [self._whole.life]
        left = [life for life in lives if not life.ended]
        on_it = [life for life in left if life.state != "announced"] or left
        state = _together([life.state for life in on_it or lives])
        suspensions = [life.suspended_until for life in on_it if life.suspended_until] if state == "suspended" else []
        return Phase(
            at=at,
            state=state,
            confirmed=all(life.confirmed for life in on_it),
            suspended_until=min(suspensions, default=None),
            until=_latest(life.until for life in left or lives),
            act=act,
            known_at=known_at,
            scope=self._scope,
            listed=tuple(_entity_state(life) for life in self._of_entity),
        )


def _together(states: Collection[MeasureState]) -> MeasureState:
    """In force while one of them is; suspended while all that are left are; lifted when none is left."""
    order: tuple[MeasureState, ...] = ("in_force", "suspended", "announced", "lifted", "lapsed")
    return next(state for state in order if state in states)


def _latest(days: Iterable[date | None]) -> date | None:
    """None, that is no end, is later than any day."""
    last: date | None = None
    for day in days:
        if day is None:
            return None
        last = max(last or day, day)
    return last


def _entity_state(life: Life) -> EntityState | None:
    state = life.state
    if life.begun is None or state == "announced":
        return None
    if life.ended:
        return "removed"
    return "suspended" if state == "suspended" else "listed"


def _keep(kept: list[Phase], phase: Phase) -> None:
    """Of phases that begin at one instant the last holds; one that differs in nothing from the one before is none."""
    if kept and _same(kept[-1], phase):
        return
    if kept and kept[-1].at == phase.at:
        first = kept.pop()
        if (first.state, first.confirmed) == (phase.state, phase.confirmed):
            phase = replace(phase, act=first.act, known_at=first.known_at)
    if not (kept and _same(kept[-1], phase)):
        kept.append(phase)


def _same(one: Phase, other: Phase) -> bool:
    return one.scope is other.scope and _standing(one) == _standing(other)


def _standing(phase: Phase) -> tuple[object, ...]:
    return phase.state, phase.confirmed, phase.suspended_until, phase.until, phase.listed
