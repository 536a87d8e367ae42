"""What other copies saw of endpoints: of those whose partition came to us, and of everybody's, which all attempt."""

import asyncio

from services.dispatcher.health import EndpointHealth
from services.dispatcher.receivers import Receivers
from services.dispatcher.store import Store

HEAR_AGAIN_S = 30.0


async def hear(store: Store, health: EndpointHealth, receivers: Receivers) -> None:
    for endpoint_id in await health.read(store.health):
        receivers.look(endpoint_id)
    for endpoint_id, version in health.disabled().items():
        if receivers.disabled.get(endpoint_id) != version:
            receivers.disable(endpoint_id, version)


async def keep_hearing(store: Store, health: EndpointHealth, receivers: Receivers) -> None:
    """Until cancelled."""
    while True:
        await asyncio.sleep(HEAR_AGAIN_S)
        await hear(store, health, receivers)
