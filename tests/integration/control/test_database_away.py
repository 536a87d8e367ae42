"""A database that is frozen: it takes connections and says nothing."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx2
import pytest

from services.cli.supervisor.ports import holder_of
from tests.fixtures.customers import motor_maker
from tests.integration.control.process import Running, until

pytestmark = pytest.mark.integration


@contextmanager
def frozen(control: Running) -> Iterator[None]:
    server = holder_of(urlsplit(control.environment["CHOKEPOINT_DATABASE_URL"]).port or 0)
    assert server is not None
    family = [server, *server.children(recursive=True)]
    for process in family:
        process.suspend()
    try:
        yield
    finally:
        for process in family:
            process.resume()


async def test_who_asks_is_told_within_seconds_that_it_does_not_answer(control: Running) -> None:
    async def ready() -> bool:
        async with httpx2.AsyncClient(base_url=control.url, trust_env=False) as ops:
            return (await ops.get("/readyz")).is_success

    async with (
        control.client() as client,
        httpx2.AsyncClient(base_url=control.url, trust_env=False) as ops,
    ):
        with frozen(control):
            began = time.monotonic()
            answers = await asyncio.gather(
                *(client.get("/customers", timeout=10) for _ in range(10)),  # more than the pool holds
                client.put("/customers/frozen", json=motor_maker().model_dump(mode="json"), timeout=10),
            )
            took_s = time.monotonic() - began
            alive, unready = await asyncio.gather(ops.get("/livez"), ops.get("/readyz"))
        await until(ready)
        assert (await client.get("/customers")).status_code == 200
    assert {answer.status_code for answer in answers} == {503}
    assert all(answer.headers["content-type"] == "application/problem+json" for answer in answers)
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in answers)
    assert took_s < 6
    assert (alive.status_code, unready.status_code) == (200, 503)
    assert "the database does not answer" in unready.text
