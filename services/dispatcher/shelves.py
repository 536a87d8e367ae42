"""Between the lanes, which hold a few deliveries, and SQL, which holds all that is due."""

import time
from collections.abc import Collection, Sequence

from services.dispatcher.lanes import Lanes, Wanted
from services.dispatcher.letters import Delivery
from services.dispatcher.store import Store


class Shelves:
    def __init__(self, store: Store, lanes: Lanes, owned: Collection[int]) -> None:
        """`owned`: the partitions that are ours just then."""
        self._store = store
        self._lanes = lanes
        self._owned = owned

    async def load(self, wanted: Sequence[Wanted]) -> None:
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
            await self.put_back(strays)

    async def put_back(self, deliveries: Sequence[Delivery]) -> None:
        now = time.time()
        await self._store.park([delivery.delivery_id for delivery in deliveries], now)
        for endpoint_id in {delivery.endpoint_id for delivery in deliveries}:
            self._lanes.park(endpoint_id, now)

    async def leave(self, partitions: Collection[int] | None = None) -> None:
        """What waits in memory goes back to SQL at once, for the next owner."""
        left = self._lanes.leave(partitions)
        await self._store.park([delivery.delivery_id for delivery in left], time.time())
