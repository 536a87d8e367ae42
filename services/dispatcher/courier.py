"""Carries deliveries from their lanes to their receivers, and what came of it to be settled."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Protocol

from services.dispatcher.alarm import Alarm
from services.dispatcher.attempts import Attempts, Notes, Sends
from services.dispatcher.backlog import Backlog
from services.dispatcher.batches import Collapsed, Owed, Taken, Written
from services.dispatcher.health import EndpointHealth
from services.dispatcher.hearsay import hear
from services.dispatcher.lanes import Lane, Lanes, Wanted
from services.dispatcher.letters import Delivery
from services.dispatcher.metrics import show_circuits
from services.dispatcher.outcomes import Outcome
from services.dispatcher.receivers import Receivers
from services.dispatcher.shelves import Shelves
from services.dispatcher.store import Store


class Settles(Notes, Protocol):
    def add(self, outcome: Outcome) -> None: ...
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
        self._health = health
        self._partitions = partitions
        self._stood_still = stood_still
        self._lanes = Lanes(describe=self._describe)
        self._owned: set[int] = set()
        self._attempts = Attempts(receivers, sender, health, self._lanes)
        self._shelves = Shelves(store, self._lanes, self._owned)
        self._shared_anew = True
        """Since we last heard of endpoints from the others."""
        self._unsettled: dict[str, Delivery] = {}
        """From the start of an attempt until its outcome is durable."""
        self._backlog = Backlog()
        self._running: set[asyncio.Task[None]] = set()
        self._loading = False
        self._alarm = Alarm(self.pump)
        self._stopped = False
        receivers.on_change.append(self.changed)
        show_circuits(self._lanes)

    def begin(self, tasks: asyncio.TaskGroup, settling: Settles) -> None:
        self._tasks = tasks
        self._settling = settling
        self._attempts.begin(settling)

    # partitions come and go

    async def own(self, partition: int, wait_s: float) -> None:
        """Takes up what is due. `wait_s`: how long an attempt that the last owner began may still be under way."""
        if self._shared_anew:
            self._shared_anew = False
            await hear(self._store, self._health, self._receivers)
        held = [d.delivery_id for d in self._unsettled.values() if d.letter.partition == partition]
        pending = await self._store.recover(partition, time.time() + wait_s, held)
        self._owned.add(partition)
        if self._backlog.begin(partition):
            self._run(self._backlog.count(self._store))
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
        await self._shelves.leave(partitions)
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
        for delivery in self._starting():
            self._run(self._carry(delivery))

    def _starting(self) -> list[Delivery]:
        """Whoever asks carries them."""
        if self._stopped or self._stood_still():
            return []
        now = time.time()
        starting = list(self._lanes.starting(now))
        for delivery in starting:
            self._unsettled[delivery.delivery_id] = delivery
        if not self._loading and (wanted := self._lanes.loads(now)):
            self._loading = True
            self._run(self._load(wanted))
        self._alarm.set(self._lanes.wakes_at(), now)
        return starting

    async def stop(self, within_s: float) -> None:
        """Starts nothing more; attempts under way may end; what waits goes back to SQL."""
        self._stopped = True
        self._alarm.stop()
        if self._running:
            await asyncio.wait(self._running, timeout=within_s)
        for task in list(self._running):
            task.cancel()
        await self._shelves.leave()

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
        state, anew = self._receivers.state(endpoint_id), self._enabled_anew(endpoint_id)
        if state == "gone":
            self._health.forget(endpoint_id)
        elif (state == "held" or anew) and self._health.held(endpoint_id, datetime.now(UTC)):
            self._settling.write_health()
        if endpoint_id not in self._lanes:
            return
        given_back = self._lanes.changed(endpoint_id, time.time(), anew=anew)
        if given_back:
            self._run(self._put_back(given_back))
        self.pump()

    def _enabled_anew(self, endpoint_id: str) -> bool:
        """Since it began to fail, be it that it was enabled already or that we saw nothing of its pause."""
        receiver, since = self._receivers.get(endpoint_id), self._health.failing_since(endpoint_id)
        return bool(receiver and receiver.enabled_at and since and since < receiver.enabled_at)

    async def _carry(self, delivery: Delivery) -> None:
        """Who has landed takes up the first of what may start now: a task costs as much as a signature."""
        starting = [delivery]
        while starting:
            for other in starting[1:]:
                self._run(self._carry(other))
            self._settling.add(await self._attempts.make(starting[0]))
            starting = self._starting()

    async def _load(self, wanted: Sequence[Wanted]) -> None:
        await self._shelves.load(wanted)
        self._loading = False
        self.pump()

    async def _put_back(self, deliveries: Sequence[Delivery]) -> None:
        await self._shelves.put_back(deliveries)
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

    def _run(self, work: Coroutine[None, None, None]) -> None:
        task = self._tasks.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
