"""What the dispatcher says it tried, as people read it."""

from datetime import timedelta

import httpx2
import pytest

from shared.contracts.deliveries import Attempt, DeliveryState
from shared.contracts.keys import EVERY_SCOPE
from shared.kafka.topics import DELIVERIES
from tests.integration.control.process import Running, said, say, until
from tests.integration.control.test_projections import NOON, put_customer

pytestmark = pytest.mark.integration


def attempt(number: int, state: DeliveryState, delivery_id: str = "d-1") -> Attempt:
    return Attempt(
        delivery_id=delivery_id,
        message_id="m-1",
        endpoint_id="shown",
        customer_id="shown",
        type="alert.opened",
        attempt=number,
        at=NOON + timedelta(seconds=5 * number),
        latency_ms=3.5,
        status=204 if state == "delivered" else 503,
        state=state,
    )


async def test_an_attempt_that_is_told_again_is_listed_once(control: Running) -> None:
    first, second = attempt(1, "due"), attempt(2, "delivered")
    told = [first, second, first, second, second, attempt(1, "delivered", "d-2")]
    async with control.client() as client:
        await put_customer(client, "shown")
        config = {"url": "http://127.0.0.1:9/", "customer_id": "shown"}
        assert (await client.put("/endpoints/shown", json=config)).is_success
        for batch in (told[:1], told[1:]):
            await say(control.bootstrap, *(said(DELIVERIES, "shown", one, "shown") for one in batch))

        async def all_read() -> bool:
            return (await client.get("/deliveries/d-2")).is_success

        await until(all_read)
        listed = (await client.get("/endpoints/shown/deliveries")).json()["items"]
        assert [len(await in_state(client, state)) for state in ("delivered", "dead")] == [2, 0]
        dead = attempt(10, "dead", "d-3")
        await say(control.bootstrap, said(DELIVERIES, "shown", dead, "shown"))

        async def died() -> bool:
            return await in_state(client, "dead") == ["d-3"]

        await until(died)
        assert (await client.get("/endpoints/shown/deliveries?state=lost")).status_code == 422
    assert [(one["id"], one["state"], [tried["attempt"] for tried in one["attempts"]]) for one in listed] == [
        ("d-2", "delivered", [1]),
        ("d-1", "delivered", [1, 2]),
    ]


async def in_state(client: httpx2.AsyncClient, state: str) -> list[str]:
    listed = await client.get("/endpoints/shown/deliveries", params={"state": state})
    return [one["id"] for one in listed.json()["items"]]


async def test_a_delivery_to_a_disabled_endpoint_has_no_next_attempt(control: Running) -> None:
    waiting = attempt(1, "due", "d-held").model_copy(
        update={"endpoint_id": "held", "next_attempt_at": NOON + timedelta(minutes=5)}
    )
    async with control.client() as client:
        await put_customer(client, "shown")
        config = {"url": "http://127.0.0.1:9/", "customer_id": "shown"}
        assert (await client.put("/endpoints/held", json=config)).is_success
        await say(control.bootstrap, said(DELIVERIES, "shown", waiting, "shown"))

        async def read() -> bool:
            return (await client.get("/deliveries/d-held")).is_success

        await until(read)
        shown = []
        for enabled in (True, False, True):
            assert (await client.patch("/endpoints/held", json={"enabled": enabled})).is_success
            (listed,) = (await client.get("/endpoints/held/deliveries")).json()["items"]
            assert listed == (await client.get("/deliveries/d-held")).json()
            shown.append(listed["next_attempt_at"] is not None)
    assert shown == [True, False, True]


async def test_whoever_has_the_id_next_sees_nothing_of_the_former_s(control: Running) -> None:
    config = {"url": "http://127.0.0.1:9/", "customer_id": "former"}
    sent = attempt(1, "dead", "d-former").model_copy(update={"endpoint_id": "reused", "customer_id": "former"})
    async with control.client() as client:
        for name in ("former", "next"):
            await put_customer(client, name)
        assert (await client.put("/endpoints/reused", json=config)).status_code == 201
        await say(control.bootstrap, said(DELIVERIES, "former", sent, "former"))
        await until(lambda: finds(client, 200))
        assert (await client.delete("/endpoints/reused")).status_code == 204
        wanted = {"name": "next", "scopes": list(EVERY_SCOPE), "customer_id": "next"}
        key = (await client.post("/keys", json=wanted)).json()["key"]
        async with control.client(key) as its:
            await until(lambda: finds(its, 404))
            assert (await its.put("/endpoints/reused", json=config | {"customer_id": "next"})).status_code == 201
            for whoever in (its, client):
                assert (await whoever.get("/endpoints/reused/deliveries")).json()["items"] == []
                assert (await whoever.get("/deliveries/d-former")).status_code == 404
                assert (await whoever.post("/deliveries/d-former:retry")).status_code == 404


async def finds(client: httpx2.AsyncClient, status: int) -> bool:
    return (await client.get("/deliveries/d-former")).status_code == status
