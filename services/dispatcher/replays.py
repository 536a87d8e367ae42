"""Carries out the replays that were asked for: a little at a time, so that whatever else there is to send goes on, and
from SQL to SQL, so that memory holds no more of them than of anything else that is due."""

import asyncio
import time

from services.dispatcher.courier import Courier
from services.dispatcher.inbox import Inbox
from services.dispatcher.store import Store

PAUSE_S = 0.05


async def carry_out(store: Store, inbox: Inbox, courier: Courier) -> None:
    """Until cancelled."""
    while True:
        inbox.replays.clear()
        while step := await store.replay(inbox.partitions, time.time()):
            courier.accept([], step)
            await asyncio.sleep(PAUSE_S)
        await inbox.replays.wait()
