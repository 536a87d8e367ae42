"""The live stream on a real Kafka: what is said reaches who may hear it, and whoever comes back misses nothing."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import orjson
import pytest

from tests.integration.control.process import Running, say
from tests.integration.control.test_projections import message, put_customer, told

pytestmark = pytest.mark.integration


async def blocks(answer: httpx2.Response) -> AsyncIterator[dict[str, str]]:
    """The fields of each block."""
    fields: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield fields
            fields = {}


async def test_a_bound_key_hears_its_customer_and_goes_on_where_it_was_cut_off(control: Running) -> None:
    async with asyncio.timeout(20), control.client() as client:
        await put_customer(client, "heard")
        asked = {"name": "k", "scopes": ["alerts:read"], "customer_id": "heard"}
        key = (await client.post("/keys", json=asked)).json()["key"]
        async with control.client(key) as listener:
            async with listener.stream("GET", "/stream") as answer:
                assert answer.headers["content-type"].startswith("text/event-stream")
                heard = blocks(answer)
                await anext(heard)
                await say(control.bootstrap, told(message("unheard", 1)), told(message("heard", 1)))
                first = await anext(heard)
            await say(control.bootstrap, told(message("heard", 2)))
            resume = {"last-event-id": first["id"]}
            async with listener.stream("GET", "/stream", headers=resume) as answer:
                again = blocks(answer)
                await anext(again)
                second = await anext(again)
            unknown = await listener.get("/stream", headers={"last-event-id": "1.2"})
    assert [one["event"] for one in (first, second)] == ["alert", "alert"]
    assert [orjson.loads(one["data"])["data"]["sequence"] for one in (first, second)] == [1, 2]
    assert unknown.status_code == 422
