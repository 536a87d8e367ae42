"""Whatever an endpoint's URL tries, it is refused when it is registered, and again at each attempt: a URL that an older
version let through, or whose name has moved since, still leads nowhere. No socket is opened here."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from ipaddress import ip_network
from unittest.mock import patch

import pytest

from services.control.endpoints.config import checked
from services.dispatcher.sender import Sender
from shared.contracts.endpoints import EndpointConfig
from shared.http import egress
from shared.http.egress import check_url, resolve
from shared.http.problems import Problem
from tests.unit.dispatcher.making import delivery, receiver
from tests.unit.http.hostile_urls import ADDRESSES, GOOD, NAMES, SPELLINGS

Found = list[tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str, int]]]
SPELLED = [url for urls in SPELLINGS.values() for url in urls]
LITERAL = {
    f"https://[{address}]/" if ":" in address else f"https://{address}/": why for address, why in ADDRESSES.items()
}


def found(*addresses: str) -> Found:
    return [
        (socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443))
        for each in addresses
    ]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the system's resolver is asked, answered from the table; a name that it does not have leads nowhere bad."""
    names: list[str] = []

    def answer(host: str, port: int, **_: object) -> Found:
        names.append(host)
        return found(*NAMES.get(host, [GOOD]))

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return names


async def registered(url: str) -> str:
    """The reason why it was not."""
    config = EndpointConfig.model_construct(**EndpointConfig(url="https://later.example/").model_dump() | {"url": url})
    with pytest.raises(Problem) as refused:
        await checked(config, ())
    assert refused.value.status_code == 422
    [fault] = refused.value.errors
    assert fault["loc"] == "body.url"
    return fault["message"]


async def sent(url: str) -> str:
    """The reason why it was not."""
    async with Sender(()) as sender:
        with patch.object(socket, "socket", side_effect=AssertionError("a socket was made")):
            reply = await sender.send(receiver(url=url), delivery())
    assert reply.answer.status is None
    return reply.answer.error or ""


WAYS = pytest.mark.parametrize("attempted", [registered, sent])
Attempted = Callable[[str], Awaitable[str]]


def test_the_table_is_long_enough() -> None:
    assert len(SPELLED) + len(ADDRESSES) >= 60
    assert len(NAMES) >= 5


@WAYS
@pytest.mark.parametrize("url", SPELLED)
async def test_a_spelling_that_two_programs_could_read_differently(
    url: str, attempted: Attempted, asked: list[str]
) -> None:
    assert await attempted(url)
    assert asked == []


@WAYS
@pytest.mark.parametrize(("url", "why"), LITERAL.items())
async def test_an_address_outside_the_open_internet(url: str, why: str, attempted: Attempted, asked: list[str]) -> None:
    assert why in await attempted(url)
    assert asked == []


@WAYS
@pytest.mark.parametrize(("address", "why"), ADDRESSES.items())
async def test_a_name_that_leads_to_one(
    address: str, why: str, attempted: Attempted, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(NAMES, "innocent.example", [address])
    assert why in await attempted("https://innocent.example/hook")


@WAYS
@pytest.mark.parametrize("name", NAMES)
async def test_what_a_resolver_can_be_made_to_say(name: str, attempted: Attempted, asked: list[str]) -> None:
    told = await attempted(f"https://{name}/")
    assert "its address is" in told or "does not resolve" in told


@WAYS
async def test_a_name_that_nobody_answers_for_in_time(
    attempted: Attempted, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    thinking = threading.Event()

    def slow(host: str, port: int, **_: object) -> Found:
        thinking.wait()
        return found(GOOD)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    monkeypatch.setattr(egress, "RESOLVE_WITHIN_S", 0.05)
    try:
        assert "does not resolve" in await attempted("https://slow.example/")
    finally:
        thinking.set()


@WAYS
@pytest.mark.parametrize("url", ["http://hooks.example/", "https://hooks.example:22/", "https://hooks.example:6379/"])
async def test_plain_http_and_ports_where_no_web_server_stands(
    url: str, attempted: Attempted, asked: list[str]
) -> None:
    assert "may only lead to an address that the operator allows" in await attempted(url)


async def test_a_name_that_moves_after_its_registration(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    await check_url("https://rebinding.example/", ())
    monkeypatch.setitem(NAMES, "rebinding.example", ["169.254.169.254"])
    assert "metadata" in await sent("https://rebinding.example/")
    assert asked == ["rebinding.example"] * 2, "once at each: what was checked is what is connected to"


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000/hook", "http://localhost:9000/", "https://[::1]:9000/"])
async def test_loopback_is_fine_where_the_operator_allows_it(url: str, asked: list[str]) -> None:
    loopback = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    assert (await checked(EndpointConfig(url=url), loopback)).url == url


async def test_names_that_nobody_answers_for_hold_up_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    thinking = threading.Event()

    def answer(host: str, port: int, **_: object) -> Found:
        if host.startswith("dead"):
            thinking.wait()
        return found(GOOD)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    waiting = [asyncio.ensure_future(resolve(f"dead-{number}.example", 443)) for number in range(100)]
    try:
        assert [str(each) for each in await asyncio.wait_for(resolve("living.example", 443), 1)] == [GOOD]
        assert not any(each.done() for each in waiting)
    finally:
        thinking.set()
        await asyncio.gather(*waiting)
