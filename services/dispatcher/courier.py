"""Carries deliveries from their lanes to their receivers, and what came of it to be settled."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Protocol

import structlog

from services.dispatcher.batches import Collapsed, Owed, Taken, Written
from services.dispatcher.disabling import disabled_letter
from services.dispatcher.health import EndpointHealth
from services.dispatcher.hearsay import hear
from services.dispatcher.lanes import Lane, Lanes, Wanted
from services.dispatcher.letters import Delivery, Letter, delivery_id
from services.dispatcher.metrics import Backlog, saw, show_circuits, starts
from services.dispatcher.outcomes import Disabled, Notice, Outcome, Turned, attempted, cancelled
from services.dispatcher.receivers import Receiver, Receivers
from services.dispatcher.sender import Reply
from services.dispatcher.store import Store
from shared.contracts.endpoints import Circuit
from shared.domain.delivery.policy import verdict_on

log = structlog.get_logger(__name__)

LONGEST_ALARM_S = 3_600.0
COUNT_AFTER_S = 0.5
"""Partitions come one after the other: they are counted together, and not before deliveries flow again."""


class Sends(Protocol):
    async def send(self, receiver: Receiver, delivery: Delivery) -> Reply: ...


class Settles(Protocol):
    def add(self, outcome: Outcome) -> None: ...
    def add_notice(self, notice: Notice) -> None: ...
    def tell(self, collapsed: Collapsed) -> None: ...
    def write_health(self) -> None: ...


class Courier:
    """Nothing here waits for anything but its own receiver: `pump` starts what may start, and is called whenever
    something came, landed, changed or fell due."""

    def __init__(
        self,
        store: Store,
        receivers: Receivers,
        sender: Sends,
        health: EndpointHealth,
        *,
        partitions: int,
        stood_still: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store = store
        self._receivers = receivers
        self._sender = sender
        self._health = health
        self._partitions = partitions
        self._stood_still = stood_still
        self._lanes = Lanes(describe=self._describe)
        self._owned: set[int] = set()
        self._shared_anew = True
        """Since we last heard of endpoints from the others."""
        self._unsettled: dict[str, Delivery] = {}
        """From the start of an attempt until its outcome is durable."""
        self._backlog = Backlog()
        self._running: set[asyncio.Task[None]] = set()
        self._loading = False
        self._counting = False
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at = 0.0
        self._stopped = False
        receivers.on_change.append(self.changed)
        show_circuits(self._lanes)

    def begin(self, tasks: asyncio.TaskGroup, settling: Settles) -> None:
        self._tasks = tasks
        self._settling = settling

    # partitions come and go

    async def own(self, partition: int, wait_s: float) -> None:
        """Takes up what is due. `wait_s`: how long an attempt that the last owner began may still be under way."""
        if self._shared_anew:
            self._shared_anew = False
            await hear(self._store, self._health, self._receivers)
        held = [d.delivery_id for d in self._unsettled.values() if d.letter.partition == partition]
        pending = await self._store.recover(partition, time.time() + wait_s, held)
        self._owned.add(partition)
        self._backlog.begin(partition)
        if not self._counting:
            self._counting = True
            self._run(self._count())
        for endpoint_id, next_at in pending.items():
            self._lanes.park(endpoint_id, next_at)
        self._share_anew()
        self.pump()

    async def disown(self, partitions: Collection[int]) -> None:
        """What waits in memory goes back to SQL at once, for the next owner. What flies lands here."""
        self._shared_anew = True
        self._owned.difference_update(partitions)
        for partition in partitions:
            self._backlog.end(partition)
        left = self._lanes.leave(partitions)
        await self._store.park([delivery.delivery_id for delivery in left], time.time())
        self._share_anew()

    def speaks_for(self, endpoint_id: str) -> bool:
        """Whether it is this copy that shows how an endpoint is, which gets what we send."""
        receiver = self._receivers.get(endpoint_id)
        if receiver is None or self._receivers.state(endpoint_id) != "active":
            return False
        return receiver.home(self._partitions) in self._owned

    # deliveries come

    def offer(self, endpoint_id: str) -> bool:
        """Whether a new delivery may be held in memory; its place is kept until `accept`."""
        return self._lanes.offer(endpoint_id, time.time())

    def withdraw(self, owed: Owed) -> None:
        """It will not come."""
        if owed.next_at is None:
            self._lanes.withdraw(owed.delivery.endpoint_id)

    def hurry(self, endpoint_ids: Collection[str]) -> None:
        """Somebody asks to have something sent there now, however long the receiver wants to be left alone."""
        for endpoint_id in endpoint_ids:
            if self._health.rest_over(endpoint_id):
                self._settling.write_health()
            self.changed(endpoint_id)

    def busy(self) -> list[str]:
        """Endpoints that have yet to begin something that is due."""
        return self._lanes.busy(time.time())

    def is_busy(self, endpoint_id: str) -> bool:
        return self._lanes.is_busy(endpoint_id, time.time())

    def accept(self, batch: Sequence[Owed], taken: Taken) -> None:
        """They are durable: those with a place start, the others wait in SQL."""
        now = time.time()
        came: Counter[int] = Counter()
        for owed in batch:
            delivery = owed.delivery
            new = taken.added is None or delivery.delivery_id in taken.added
            came[delivery.letter.partition] += new
            if owed.next_at is not None:
                self._lanes.park(delivery.endpoint_id, owed.next_at)
            elif new and delivery.delivery_id not in taken.waiting and delivery.letter.partition in self._owned:
                delivery.skipped = tuple(taken.skipped.get(delivery.delivery_id, ()))
                delivery.collapsed = tuple(taken.collapsed.into.get(delivery.delivery_id, ()))
                self._lanes.put([delivery])
            else:
                self.withdraw(owed)
        for endpoint_id, partition, again in taken.retried:
            came[partition] += again
            self._lanes.park(endpoint_id, now)
        self._backlog.add(came)
        self._gave_way(taken.collapsed)
        self.pump()

    # deliveries go

    def pump(self) -> None:
        if self._stopped or self._stood_still():
            return
        now = time.time()
        for delivery in self._lanes.starting(now):
            self._unsettled[delivery.delivery_id] = delivery
            self._run(self._carry(delivery))
        if not self._loading and (wanted := self._lanes.loads(now)):
            self._loading = True
            self._run(self._load(wanted))
        self._set_alarm(now)

    async def stop(self, within_s: float) -> None:
        """Starts nothing more; attempts under way may end; what waits goes back to SQL."""
        self._stopped = True
        if self._alarm:
            self._alarm.cancel()
        if self._running:
            await asyncio.wait(self._running, timeout=within_s)
        for task in list(self._running):
            task.cancel()
        left = self._lanes.leave()
        await self._store.park([delivery.delivery_id for delivery in left], time.time())

    def settled(self, outcomes: Sequence[Outcome], written: Written) -> None:
        """They are durable."""
        ended: Counter[int] = Counter()
        for outcome in outcomes:
            delivery, settled = outcome.delivery, outcome.settled
            self._unsettled.pop(delivery.delivery_id, None)
            if settled.next_at is not None:
                self._lanes.park(delivery.endpoint_id, settled.next_at)
            else:
                ended[delivery.letter.partition] -= 1
        self._backlog.add(ended)
        self._follow(written.following)
        self._gave_way(written.collapsed)
        self.accept(written.owed, written.taken)

    def _gave_way(self, collapsed: Collapsed) -> None:
        if collapsed.partitions:
            self._backlog.add({partition: -count for partition, count in Counter(collapsed.partitions).items()})
            self._settling.tell(collapsed)
            self._follow(collapsed.following)

    def _follow(self, endpoint_ids: Sequence[str]) -> None:
        """The next of a line falls due there."""
        now = time.time()
        for endpoint_id in endpoint_ids:
            self._lanes.park(endpoint_id, now)

    def changed(self, endpoint_id: str) -> None:
        state = self._receivers.state(endpoint_id)
        if state == "gone":
            self._health.forget(endpoint_id)
        elif (state == "held" or self._enabled_anew(endpoint_id)) and self._health.held(endpoint_id, datetime.now(UTC)):
            self._settling.write_health()
        if endpoint_id not in self._lanes:
            return
        given_back = self._lanes.changed(endpoint_id, time.time())
        if given_back:
            self._run(self._park(given_back))
        self.pump()

    def _enabled_anew(self, endpoint_id: str) -> bool:
        """Since it began to fail, be it that it was enabled already or that we saw nothing of its pause."""
        receiver, since = self._receivers.get(endpoint_id), self._health.failing_since(endpoint_id)
        return bool(receiver and receiver.enabled_at and since and since < receiver.enabled_at)

    async def _carry(self, delivery: Delivery) -> None:
        receiver = self._receivers.get(delivery.endpoint_id)
        reason = _pointless(receiver, delivery)
        if receiver is None or reason:
            outcome = cancelled(delivery, reason or "", datetime.now(UTC))
            self._lanes.landed(delivery.endpoint_id, time.time(), ok=False, overloaded=False)
        else:
            starts(delivery, receiver, self._health)
            reply = await self._sender.send(receiver, delivery)
            outcome = self._judged(receiver, delivery, reply)
            saw(outcome)
        self._settling.add(outcome)
        self.pump()

    def _judged(self, receiver: Receiver, delivery: Delivery, reply: Reply) -> Outcome:
        now = datetime.now(UTC)
        verdict = verdict_on(
            reply.answer,
            delivery_id=delivery.delivery_id,
            attempt=delivery.attempts + 1 - delivery.schedule_from,
            in_all=delivery.attempts + 1,
            failing_since=self._health.failing_since(receiver.id),
            now=now,
        )
        if reply.answer.ok:
            if self._health.succeeded(receiver.id):
                self._settling.add_notice(Turned(receiver.id, receiver.customer_id, now, Circuit()))
        elif self._receivers.state(receiver.id) == "active":
            self._health.failed(receiver.id, reply.at)
        current = self._receivers.get(receiver.id)
        if verdict.rest_until and current and current.version == receiver.version:
            self._health.rests(receiver.id, receiver.version, verdict.rest_until)
        trial_at = self._lanes.landed(
            receiver.id,
            now.timestamp(),
            ok=reply.answer.ok,
            overloaded=verdict.overloaded,
            rest_until=self._health.rest_until(receiver.id, current.version) if current else 0.0,
        )
        if trial_at is not None:
            circuit = Circuit(
                state="open",
                since=self._health.failing_since(receiver.id),
                last_error=reply.answer.told,
                trial_at=datetime.fromtimestamp(trial_at, UTC),
            )
            self._settling.add_notice(Turned(receiver.id, receiver.customer_id, now, circuit))
        if verdict.disable and self._receivers.state(receiver.id) == "active":
            self._disable(receiver, verdict.disable, delivery.letter, now)
        return attempted(delivery, reply, verdict)

    def _disable(self, receiver: Receiver, reason: str, met: Letter, now: datetime) -> None:
        since = self._health.failing_since(receiver.id) or now
        log.warning("endpoint disabled", endpoint=receiver.id, reason=reason)
        self._health.disable(receiver.id, receiver.version, reason)
        self._receivers.disable(receiver.id, receiver.version)
        letter = disabled_letter(receiver, reason, since, met, now)
        owed = [
            Owed(Delivery(delivery_id(letter.message_id, operator.id), operator.id, letter), now.timestamp())
            for operator in self._receivers.wanting(letter)
        ]
        self._settling.add_notice(
            Disabled(receiver.id, receiver.version, receiver.customer_id, now, reason, tuple(owed))
        )

    async def _load(self, wanted: Sequence[Wanted]) -> None:
        rows = await self._store.claim([(w.endpoint_id, w.room, w.until) for w in wanted], self._owned)
        came: dict[str, list[Delivery]] = {w.endpoint_id: [] for w in wanted}
        strays: list[Delivery] = []
        for delivery in rows:
            (came[delivery.endpoint_id] if delivery.letter.partition in self._owned else strays).append(delivery)
        emptied = [w.endpoint_id for w in wanted if len(came[w.endpoint_id]) < w.room]
        next_due = await self._store.earliest(emptied, self._owned) if emptied else {}
        now = time.time()
        for w in wanted:
            mine = came[w.endpoint_id]
            self._lanes.put(mine)
            unknown = now if w.endpoint_id not in emptied else float("inf")
            self._lanes.loaded(w, len(mine), next_due.get(w.endpoint_id, unknown), now)
        if strays:
            await self._park(strays)
        self._loading = False
        self.pump()

    async def _count(self) -> None:
        await asyncio.sleep(COUNT_AFTER_S)
        while partitions := self._backlog.to_count():
            counts = await self._store.count_due(partitions, self._backlog.start_counting)
            self._backlog.counted({partition: counts.get(partition, 0) for partition in partitions})
        self._counting = False

    async def _park(self, deliveries: Sequence[Delivery]) -> None:
        now = time.time()
        await self._store.park([delivery.delivery_id for delivery in deliveries], now)
        for endpoint_id in {delivery.endpoint_id for delivery in deliveries}:
            self._lanes.park(endpoint_id, now)
        self.pump()

    def _describe(self, endpoint_id: str, lane: Lane) -> None:
        state = self._receivers.state(endpoint_id)
        lane.held = state == "held"
        lane.gone = state == "gone"
        receiver = self._receivers.get(endpoint_id)
        lane.rest_until = self._health.rest_until(endpoint_id, receiver.version) if receiver else 0.0
        lane.rate = None
        if receiver and receiver.config.rate_limit_per_s:
            # one customer's messages all come to one copy; everybody's are shared out as the partitions are
            share = 1.0 if receiver.customer_id is not None else max(1, len(self._owned)) / self._partitions
            lane.rate = receiver.config.rate_limit_per_s * share

    def _share_anew(self) -> None:
        for endpoint_id in self._receivers.shared():
            self.changed(endpoint_id)

    def _set_alarm(self, now: float) -> None:
        at = min(self._lanes.wakes_at(), now + LONGEST_ALARM_S)
        if self._alarm and self._alarm_at <= at:
            return
        if self._alarm:
            self._alarm.cancel()
        self._alarm_at = at
        self._alarm = asyncio.get_running_loop().call_later(max(at - now, 0.001), self._ring)

    def _ring(self) -> None:
        self._alarm = None
        self.pump()

    def _run(self, work: Coroutine[None, None, None]) -> None:
        task = self._tasks.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)


def _pointless(receiver: Receiver | None, delivery: Delivery) -> str | None:
    letter = delivery.letter
    if receiver is None:
        return "the endpoint was deleted"
    if not letter.body:
        return "its message is no longer kept"
    if letter.number is not None and letter.accepted_at < receiver.since:
        return "the endpoint was deleted and made again"
    return None
