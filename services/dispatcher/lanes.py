"""What is attempted next: a lane for each endpoint, so that a slow one stops nobody else.

A lane holds a few deliveries; the rest stays in SQL, and the lane remembers when the earliest of them falls due. So
memory grows with the endpoints, not with what is pending. Pure: times are given, in seconds since 1970."""

import heapq
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from math import inf

from services.dispatcher.circuit import Circuit, State
from services.dispatcher.letters import Delivery

NEVER = inf
PACING_SLACK_S = 0.05
"""How far behind a rate may fall and catch up: timers are not exact."""


@dataclass(frozen=True, slots=True)
class Limits:
    flying: int = 512
    """Attempts at once, over all endpoints."""
    flying_in_lane: int = 16
    held: int = 8_192
    """Deliveries in memory beside those that fly; every lane may hold one beyond it."""
    held_for_each_flight: int = 32
    """A lane that may fly 16 at a time holds 512, one that may fly 1 holds 32."""
    lanes_in_load: int = 64


@dataclass(slots=True)
class Lane:
    flights: float
    """How many at a time: fewer after each failure of a receiver that is away or overloaded, more with each success."""
    rate: float | None = None
    """Attempts a second."""
    held: bool = False
    """Its endpoint is disabled: nothing is started, what is due waits in SQL."""
    gone: bool = False
    """Its endpoint is deleted: whatever is in SQL is taken at once, to be cancelled."""
    queue: deque[Delivery] = field(default_factory=deque)
    coming: int = 0
    """Places kept for what the inbox or the loader is about to put."""
    flying: int = 0
    parked_from: float = NEVER
    """No row of it in SQL falls due before."""
    rest_until: float = 0.0
    """As its receiver asked."""
    circuit: Circuit = field(default_factory=Circuit)
    spent_until: float = 0.0
    loading: bool = False
    timer: float = NEVER

    @property
    def full(self) -> bool:
        return self.flying >= (int(self.flights) if self.circuit.is_closed else 1)

    @property
    def rests_until(self) -> float:
        return max(self.rest_until, self.circuit.until)

    def may_start_at(self) -> float:
        """The earliest time that rests and rate allow."""
        return max(self.rests_until, self.spent_until - PACING_SLACK_S if self.rate else 0.0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Rows to be loaded: at most `room` of those that fall due by `until`."""

    endpoint_id: str
    room: int
    until: float


class Lanes:
    def __init__(
        self, limits: Limits = Limits(), describe: Callable[[str, Lane], None] = lambda _id, _lane: None
    ) -> None:
        """`describe` tells a new lane what is known of its endpoint: whether it is held or gone, its rate and rest."""
        self._limits = limits
        self._share = 2 * limits.flying_in_lane / max(1, limits.flying)
        """Of the flights that are free, what one lane may have: less than its own limit once half of all are taken."""
        self._describe = describe
        self._lanes: dict[str, Lane] = {}
        self._ready: dict[str, None] = {}
        """Lanes to be asked for their next delivery, in turn."""
        self._hungry: dict[str, None] = {}
        """Lanes with rows in SQL that are due."""
        self._timers: list[tuple[float, str]] = []
        self._flying = 0
        self._held = 0

    def __contains__(self, endpoint_id: str) -> bool:
        return endpoint_id in self._lanes

    @property
    def in_memory(self) -> int:
        return self._held + self._flying

    # what comes in

    def offer(self, endpoint_id: str, now: float) -> bool:
        """Whether a new delivery finds a place in memory, which is then kept for it; otherwise it is parked."""
        lane = self._lane(endpoint_id)
        if lane.held or lane.rests_until > now:  # in SQL it can still give way to a newer one
            return False
        if lane.parked_from <= now or self._room(lane) < 1:
            return False
        lane.coming += 1
        self._held += 1
        return True

    def withdraw(self, endpoint_id: str, places: int = 1) -> None:
        self._lane(endpoint_id).coming -= places
        self._held -= places

    def put(self, deliveries: Iterable[Delivery]) -> None:
        """Into the places kept for them."""
        for delivery in deliveries:
            lane = self._lane(delivery.endpoint_id)
            lane.coming -= 1
            lane.queue.append(delivery)
            self._ready[delivery.endpoint_id] = None

    def park(self, endpoint_id: str, at: float) -> None:
        """A row in SQL falls due at `at`."""
        lane = self._lane(endpoint_id)
        if at < lane.parked_from:
            lane.parked_from = at
            self._ring(endpoint_id, lane, at)

    # what goes out

    def starting(self, now: float) -> Iterator[Delivery]:
        """The deliveries that may be attempted now, one lane after the other."""
        self._ring_out(now)
        while self._ready and self._flying < self._limits.flying:
            endpoint_id = next(iter(self._ready))
            del self._ready[endpoint_id]
            lane = self._lanes[endpoint_id]
            if not lane.queue or lane.held or self._full(lane):
                continue
            if (at := lane.may_start_at()) > now:
                self._ring(endpoint_id, lane, at)
                continue
            self._ready[endpoint_id] = None
            yield self._start(lane, now)
            self._feed(endpoint_id, lane, now)

    def _full(self, lane: Lane) -> bool:
        """However many are slow, together they never take the last flights."""
        return lane.full or lane.flying >= max(1.0, (self._limits.flying - self._flying) * self._share)

    def _start(self, lane: Lane, now: float) -> Delivery:
        if lane.rate:
            lane.spent_until = max(lane.spent_until, now - PACING_SLACK_S) + 1 / lane.rate
        lane.flying += 1
        self._flying += 1
        self._held -= 1
        return lane.queue.popleft()

    def landed(
        self, endpoint_id: str, now: float, *, ok: bool, overloaded: bool, rest_until: float = 0.0
    ) -> float | None:
        """When its circuit lets one trial through, if it rests until then by it."""
        lane = self._lanes[endpoint_id]
        lane.flying -= 1
        self._flying -= 1
        if ok:
            lane.flights = min(self._limits.flying_in_lane, lane.flights + 1)
        elif overloaded:
            lane.flights = max(1.0, lane.flights / 2)
        trial_at = lane.circuit.failed(now) if overloaded else None
        if not overloaded:
            lane.circuit.answered()
        lane.rest_until = max(lane.rest_until, rest_until)
        self._look_at(endpoint_id, lane, now)
        return trial_at

    def loads(self, now: float) -> list[Wanted]:
        """What to load now. A place is kept for every row asked for; `loaded` gives back those that did not come."""
        wanted: list[Wanted] = []
        for endpoint_id in list(self._hungry)[: self._limits.lanes_in_load]:
            del self._hungry[endpoint_id]
            lane = self._lanes[endpoint_id]
            if lane.held or lane.loading:
                continue
            if lane.rests_until > now and not lane.gone:
                self._ring(endpoint_id, lane, lane.rests_until)
                continue
            room = self._room(lane)
            if room < 1:
                self._hungry[endpoint_id] = None
                continue
            lane.loading = True
            lane.parked_from = NEVER
            lane.coming += room
            self._held += room
            wanted.append(Wanted(endpoint_id, room, NEVER if lane.gone else now))
        return wanted

    def loaded(self, wanted: Wanted, came: int, next_due: float, now: float) -> None:
        """After `put` of those that came; `next_due` is when the earliest of the rest falls due."""
        lane = self._lanes[wanted.endpoint_id]
        lane.loading = False
        self.withdraw(wanted.endpoint_id, wanted.room - came)
        self.park(wanted.endpoint_id, next_due)
        self._feed(wanted.endpoint_id, lane, now)

    def busy(self, now: float) -> list[str]:
        """Where something that is due is not under way yet."""
        return [endpoint_id for endpoint_id in self._lanes if self.is_busy(endpoint_id, now)]

    def is_busy(self, endpoint_id: str, now: float) -> bool:
        lane = self._lanes.get(endpoint_id)
        return lane is not None and (bool(lane.queue or lane.coming) or lane.parked_from <= now)

    def circuits(self, now: float) -> Iterator[State]:
        return (lane.circuit.state(now) for lane in self._lanes.values())

    def wakes_at(self) -> float:
        """When `starting` or `loads` may have something new without anybody landing or putting."""
        return self._timers[0][0] if self._timers else NEVER

    # what changes

    def changed(self, endpoint_id: str, now: float, *, anew: bool = False) -> list[Delivery]:
        """Its endpoint changed; `anew`: it was enabled, though it was not held. Where it is now held, what it had in
        memory is given back, to be parked."""
        lane = self._lanes.get(endpoint_id)
        if lane is None:
            return []
        held = lane.held
        self._describe(endpoint_id, lane)
        if held or lane.held or anew:  # what was before a pause says nothing of the time after it
            lane.circuit.answered()
        lane.circuit.try_now()
        if lane.held:
            return self._empty(lane)
        if lane.rate:  # what a slower pace had spent ahead is given back
            lane.spent_until = min(lane.spent_until, now + 1 / lane.rate)
        if lane.gone:
            lane.rest_until = lane.spent_until = 0.0
            lane.circuit.answered()
            lane.parked_from = min(lane.parked_from, now)
        self._look_at(endpoint_id, lane, now)
        return []

    def leave(self, partitions: Collection[int] | None = None) -> list[Delivery]:
        """What waits in memory and belongs to these partitions (none given: to any) is given back."""
        left: list[Delivery] = []
        for lane in self._lanes.values():
            for delivery in self._empty(lane):
                if partitions is None or delivery.letter.partition in partitions:
                    left.append(delivery)
                else:
                    lane.queue.append(delivery)
                    self._held += 1
        return left

    def _empty(self, lane: Lane) -> list[Delivery]:
        emptied = list(lane.queue)
        lane.queue.clear()
        self._held -= len(emptied)
        return emptied

    def _lane(self, endpoint_id: str) -> Lane:
        lane = self._lanes.get(endpoint_id)
        if lane is None:
            lane = self._lanes[endpoint_id] = Lane(self._limits.flying_in_lane)
            self._describe(endpoint_id, lane)
        return lane

    def _room(self, lane: Lane) -> int:
        """Of the free places a lane may take as many as it leaves: slow lanes together never take the last ones."""
        waiting = len(lane.queue) + lane.coming
        own = max(1, int(lane.flights)) * self._limits.held_for_each_flight
        room = min(own, self._limits.held - self._held) - waiting
        return room if waiting or lane.flying else max(room, 1)

    def _look_at(self, endpoint_id: str, lane: Lane, now: float) -> None:
        if lane.queue:
            self._ready[endpoint_id] = None
        self._feed(endpoint_id, lane, now)

    def _feed(self, endpoint_id: str, lane: Lane, now: float) -> None:
        """Asks for more from SQL when half of what it may hold is gone."""
        due = lane.parked_from <= now or (lane.gone and lane.parked_from < NEVER)
        if due and not lane.held and not lane.loading:
            own = max(1, int(lane.flights)) * self._limits.held_for_each_flight
            if len(lane.queue) + lane.coming <= own // 2:
                self._hungry[endpoint_id] = None

    def _ring(self, endpoint_id: str, lane: Lane, at: float) -> None:
        if at < lane.timer:
            lane.timer = at
            heapq.heappush(self._timers, (at, endpoint_id))

    def _ring_out(self, now: float) -> None:
        while self._timers and self._timers[0][0] <= now:
            at, endpoint_id = heapq.heappop(self._timers)
            lane = self._lanes[endpoint_id]
            if at == lane.timer:
                lane.timer = NEVER
            self._look_at(endpoint_id, lane, now)
            if lane.timer == NEVER and now < lane.parked_from < NEVER:
                self._ring(endpoint_id, lane, lane.parked_from)
