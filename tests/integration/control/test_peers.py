"""Services of which control asks every copy behind one name, or the one that leads: two listen on the same port here,
each at an address of its own."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from services.cli.box.free_ports import free_ports
from services.control.copies import all_answers, copies_of, leaders_answer
from services.control.what_if.peers import ask_scorers
from services.control.what_if.supposing import by_nothing
from shared.clock import real_now
from shared.contracts.base import to_json
from shared.contracts.questions import Move, MovesOfPart, WhatIf
from shared.contracts.risk import Stockout
from shared.http.problems import Problem

pytestmark = pytest.mark.integration

ADDRESSES = ("127.0.0.1", "127.0.0.2")
Answer = Callable[[web.Request], Awaitable[web.Response]]


@pytest.fixture(autouse=True)
def a_name_of_two_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    resolved = socket.getaddrinfo

    def resolve(host: str, *rest: Any, **named: Any) -> list[Any]:
        addresses = [*ADDRESSES, "::1"] if host == "copies" else [host]
        return [found for address in addresses for found in resolved(address, *rest, **named)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@asynccontextmanager
async def answering(*answers: Answer) -> AsyncIterator[str]:
    (port,) = free_ports(1)
    async with AsyncExitStack() as running:
        for address, answer in zip(ADDRESSES, answers, strict=False):
            app = web.Application()
            app.router.add_route("*", "/{any}", answer)
            runner = web.AppRunner(app)
            await runner.setup()
            running.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, address, port).start()
        yield f"http://copies:{port}"


async def leads(request: web.Request) -> web.Response:
    return web.Response(text=f"{request.path} {request.query.get('material')}")


async def stands_by(_: web.Request) -> web.Response:
    return web.json_response({"detail": "standing by"}, status=503)


def scorer(*partitions: int) -> Answer:
    never = Stockout(probability={"30": 0, "60": 0, "90": 0, "180": 0})

    async def what_if(_: web.Request) -> web.Response:
        moved = [
            Move(
                customer_id=f"c{number}",
                material="terbium",
                before=0,
                after=number,
                stockout_before=never,
                stockout_after=never,
            )
            for number in partitions
        ]
        return web.Response(body=to_json(MovesOfPart(items=tuple(moved), more=1, partitions=partitions)))

    return what_if


async def test_a_copy_of_both_families_is_one() -> None:
    assert await copies_of("http://copies:8015") == [f"http://{at}:8015" for at in ADDRESSES]


async def test_an_address_of_the_newer_family_is_one_of_a_url() -> None:
    assert await copies_of("http://[::1]:8015/") == ["http://[::1]:8015"]


async def test_a_name_that_nobody_knows_is_a_service_that_is_away() -> None:
    with pytest.raises(Problem, match=r"no address of nobody\.invalid") as problem:
        await copies_of("http://nobody.invalid:8015")
    assert problem.value.status_code == 503


@pytest.mark.parametrize("order", [(leads, stands_by), (stands_by, leads)])
async def test_the_answer_is_the_leader_s_wherever_it_stands(order: tuple[Answer, Answer]) -> None:
    async with answering(*order) as url:
        assert await leaders_answer(url, "lead-times", 5, {"material": "terbium"}) == b"/lead-times terbium"


async def test_a_copy_that_is_away_holds_nobody_up() -> None:
    async with answering(leads) as url:
        assert await leaders_answer(url, "clock", 5) == b"/clock None"


async def test_where_none_leads_one_is_told_why() -> None:
    async with answering(stands_by) as url:
        with pytest.raises(Problem, match=r"127\.0\.0\.1 said 503.*127\.0\.0\.2: ClientConnectorError") as problem:
            await leaders_answer(url, "clock", 5)
    assert problem.value.status_code == 503


async def test_where_all_are_asked_one_that_does_not_answer_in_time_is_told_of_beside_the_others() -> None:
    async def whose(request: web.Request) -> web.Response:
        return web.Response(text=f"{request.path} {request.headers['authorization']}")

    heard_out = asyncio.Event()

    async def late(_: web.Request) -> web.Response:
        await heard_out.wait()
        return web.Response()

    async with answering(whose, late) as url:
        answers, unanswered = await all_answers(url, "sources", 0.5, {"authorization": "Bearer ck_x"})
        heard_out.set()
    assert (answers, unanswered) == ([b"/sources Bearer ck_x"], ["127.0.0.2: TimeoutError"])


async def test_every_scorer_behind_a_name_answers_for_its_customers() -> None:
    asked = WhatIf(record=by_nothing(real_now()))
    async with answering(scorer(0, 2), scorer(1, 3)) as url:
        moves = await ask_scorers((url,), asked, partitions=4)
    assert [move.customer_id for move in moves.items] == ["c3", "c2", "c1", "c0"]
    assert moves.more == 2


@pytest.mark.parametrize("held", [[(0, 2), (3,)], [(0, 1, 2), (2, 3)]], ids=["nobody's", "two's"])
async def test_an_answer_for_a_part_of_the_customers_is_none(held: list[tuple[int, ...]]) -> None:
    asked = WhatIf(record=by_nothing(real_now()))
    async with answering(*(scorer(*partitions) for partitions in held)) as url:
        with pytest.raises(Problem, match="of 4") as problem:
            await ask_scorers((url,), asked, partitions=4)
    assert problem.value.status_code == 503
