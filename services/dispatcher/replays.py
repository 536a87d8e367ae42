"""Carries out the replays that were asked for: from SQL to SQL, so that memory holds no more of them than of anything
else that is due, and a little at a time: not before the endpoint has sent all that is due, so that a new message waits
for a page of them at most, which is a second's worth where the endpoint has a pace."""

import asyncio
import time
from collections.abc import Callable, Collection
from typing import Any

from services.dispatcher import sql
from services.dispatcher.batches import NONE_TAKEN, Taken
from services.dispatcher.courier import Courier
from services.dispatcher.inbox import Inbox
from services.dispatcher.letters import delivery_id
from services.dispatcher.receivers import Receivers
from services.dispatcher.store import Store, retried_of

AT_ONCE = 100
PAUSE_S = 0.025
BUSY_S = 0.2


async def carry_out(store: Store, inbox: Inbox, courier: Courier, receivers: Receivers) -> None:
    """Until cancelled."""
    while True:
        inbox.replays.clear()
        step = await replay(store, inbox.partitions, time.time(), courier.busy(), receivers.in_order, paces(receivers))
        if step is None:
            await inbox.replays.wait()
        elif step is NONE_TAKEN:
            await _until_one_may_go_on(store, inbox, courier)
        else:
            courier.accept([], step)
            await asyncio.sleep(PAUSE_S)


def paces(receivers: Receivers) -> Callable[[str], int]:
    """How many an endpoint may be handed at once."""

    def room(endpoint_id: str) -> int:
        receiver = receivers.get(endpoint_id)
        rate = receiver.config.rate_limit_per_s if receiver else None
        return AT_ONCE if rate is None else max(1, min(AT_ONCE, int(rate)))

    return room


async def _until_one_may_go_on(store: Store, inbox: Inbox, courier: Courier) -> None:
    """SQL is not asked meanwhile: an endpoint may be paused for months."""
    async with store.transaction() as connection:
        rows = await connection.fetch(sql.REPLAYED_ENDPOINTS, sorted(inbox.partitions))
    # a lane that has run dry tells nobody
    while not inbox.replays.is_set() and all(courier.is_busy(row["endpoint_id"]) for row in rows):  # noqa: ASYNC110
        await asyncio.sleep(BUSY_S)


async def replay(
    store: Store,
    partitions: Collection[int],
    now: float,
    busy: Collection[str] = (),
    in_order: Callable[[str], bool] = lambda _endpoint_id: False,
    room: Callable[[str], int] = lambda _endpoint_id: AT_ONCE,
) -> Taken | None:
    """One step of a replay that was asked for: so many letters are looked at, and how far that came is written with
    what falls due by it. Nothing is taken where every replay is to a `busy` endpoint. None: nothing is left."""
    async with store.transaction() as connection:
        asked = await connection.fetchrow(sql.NEXT_REPLAY, sorted(partitions), list(busy))
        if asked is None:
            return None
        if asked["busy"]:
            return NONE_TAKEN
        endpoint_id = asked["endpoint_id"]
        return await _step(connection, asked, now, room(endpoint_id), in_order=in_order(endpoint_id))


async def _step(connection: Any, asked: Any, now: float, room: int, *, in_order: bool) -> Taken:
    span = (asked["after_at"], asked["after_number"], asked["until"])
    page = await connection.fetch(sql.LETTERS, asked["partition"], *span, AT_ONCE)
    deliveries = [delivery_id(row["message_id"], asked["endpoint_id"]) for row in page]
    if room < AT_ONCE:
        found = await connection.fetch(sql.REPLAYABLE, deliveries, asked["only_failed"])
        deliveries = _first(deliveries, {row["delivery_id"] for row in found}, room)
    if len(deliveries) == len(page) < AT_ONCE:
        await connection.execute(sql.END_REPLAY, asked["id"], asked["partition"])
    else:
        last = page[len(deliveries) - 1]
        await connection.execute(sql.MOVE_REPLAY, asked["id"], asked["partition"], last["accepted_at"], last["number"])
    replayed = await connection.fetch(sql.REPLAY, deliveries, now, asked["only_failed"], in_order)
    return Taken(frozenset(), None, retried_of(replayed))


def _first(deliveries: list[str], wanted: Collection[str], room: int) -> list[str]:
    """As far as the last of `room` that are wanted."""
    places = [place for place, one in enumerate(deliveries, 1) if one in wanted]
    return deliveries[: places[room - 1]] if len(places) > room else deliveries
