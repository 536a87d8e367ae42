"""Writes outcomes: all that gathered while the last batch was written are the next batch."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence

from services.dispatcher.batches import Collapsed, Written
from services.dispatcher.health import EndpointHealth
from services.dispatcher.metrics import saw
from services.dispatcher.outcomes import Disabled, Notice, Outcome
from services.dispatcher.reporter import Reporter
from services.dispatcher.reports import pack, tell, tell_notice
from services.dispatcher.store import Store
from shared.metrics import DELIVERIES

AT_ONCE = 1_000
GATHER_S = 0.01
"""What ends within it is written by one transaction; a line that waits for an outcome is not kept waiting."""

OnSettled = Callable[[Sequence[Outcome], Written], None]
"""The outcomes that are now durable, and what that brought about."""


class Settling:
    def __init__(
        self, store: Store, health: EndpointHealth, reporter: Reporter, on_settled: OnSettled, *, partitions: int
    ) -> None:
        self._store = store
        self._health = health
        self._reporter = reporter
        self._on_settled = on_settled
        self._partitions = partitions
        self._outcomes: list[Outcome] = []
        self._notices: list[Notice] = []
        self._more = asyncio.Event()
        self._ending = False

    def add(self, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        self._more.set()

    def tell(self, collapsed: Collapsed) -> None:
        """They have ended, and are told of."""
        DELIVERIES.labels(outcome="collapsed").inc(len(collapsed.partitions))
        if collapsed.report is not None:
            self._reporter.put(collapsed.report, collapsed.records)

    def add_notice(self, notice: Notice) -> None:
        self._notices.append(notice)
        self._more.set()

    def write_health(self) -> None:
        """Soon, though nothing is settled by it."""
        self._more.set()

    async def run(self) -> None:
        """Until `end` was called and everything is written."""
        while True:
            await self._more.wait()
            if not self._ending and not any(outcome.delivery.in_line for outcome in self._outcomes):
                await asyncio.sleep(GATHER_S)
            await self._settle()
            if self._ending and not self._outcomes and not self._notices:
                return

    def end(self) -> None:
        self._ending = True
        self._more.set()

    async def _settle(self) -> None:
        self._more.clear()
        outcomes, self._outcomes = self._outcomes[:AT_ONCE], self._outcomes[AT_ONCE:]
        notices, self._notices = self._notices, []
        if self._outcomes:
            self._more.set()
        saw(outcomes)
        told = [tell(outcome) for outcome in outcomes] + [tell_notice(one, self._partitions) for one in notices]
        settled = [outcome.settled for outcome in outcomes]
        waiting = [outcome.delivery for outcome in outcomes if outcome.settled.state == "due"]
        collapsing = [delivery.delivery_id for delivery in waiting if delivery.alert_id]
        owed = [owed for notice in notices if isinstance(notice, Disabled) for owed in notice.owed]
        written = await self._store.settle(settled, self._health.changes(), pack(told), time.time(), collapsing, owed)
        if written.report is not None:
            self._reporter.put(written.report, told)
        for state, count in Counter(one.state for one in settled if one.state != "due").items():
            DELIVERIES.labels(outcome=state).inc(count)
        self._on_settled(outcomes, written)
