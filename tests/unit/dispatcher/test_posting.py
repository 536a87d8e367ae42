"""A request is written as aiohttp would write it, and its connection is used again only where both ends are done."""

import asyncio
from typing import cast

import pytest
from aiohttp import ClientConnectionResetError, ClientRequest
from aiohttp.connector import Connection
from yarl import URL

from services.dispatcher.posting import Response, post
from shared.http.answers import BoundedAnswer, BoundedConnector

HEADERS = {"x-owner": "Zürich", "content-type": "application/json", "webhook-id": "m-1"}
FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"


class Wire(asyncio.Transport):
    """The receiver answers as soon as it is asked; of the request so much is still on its way."""

    def __init__(self, answer: bytes, unsent: int = 0, *, closing: bool = False) -> None:
        super().__init__()
        self.answer, self.unsent, self.closing = answer, unsent, closing
        self.protocol = BoundedAnswer(asyncio.get_running_loop())
        self.protocol.connection_made(self)
        self.written = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)
        self.protocol.data_received(self.answer)

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True


class Connector:
    force_close = False

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.given_back: list[bool] = []

    async def connect(self, request: ClientRequest, **_: object) -> Connection:
        self.asked = request
        key = request.connection_key
        return Connection(cast("BoundedConnector", self), key, self.wire.protocol, asyncio.get_running_loop())

    def _release(self, _key: object, protocol: BoundedAnswer, *, should_close: bool = False) -> None:
        self.given_back.append(not (should_close or protocol.should_close))


async def posted(
    wire: Wire, url: str = "https://hooks.example:8443/in?a=%20b", **headers: str
) -> tuple[Connector, Response]:
    connector = Connector(wire)
    return connector, await post(cast("BoundedConnector", connector), URL(url, encoded=True), HEADERS | headers, b"{}")


@pytest.mark.parametrize("url", ["http://hooks.example", "https://hooks.example:8443/in?a=%20b", "http://[::1]:8080/"])
async def test_the_request_is_what_aiohttp_would_send(url: str) -> None:
    wire, theirs = Wire(FINE), Wire(FINE)
    connector, ours = await posted(wire, url)
    ours.release()
    request = ClientRequest(
        "POST", URL(url, encoded=True), headers=HEADERS, data=b"{}",
        skip_auto_headers=["user-agent", "accept", "accept-encoding"], loop=asyncio.get_running_loop(),
    )  # fmt: skip
    connection = await Connector(theirs).connect(request)
    await request.send(connection)
    await asyncio.sleep(0)  # a task of its own writes the body
    connection.close()
    assert wire.written == theirs.written
    assert connector.asked.connection_key == request.connection_key


async def test_interim_answers_are_passed_over() -> None:
    _, response = await posted(Wire(b"HTTP/1.1 102 Processing\r\n\r\n" + FINE))
    assert (response.status, await response.content.read()) == (200, b"fine")
    response.release()


@pytest.mark.parametrize(("answer", "unsent", "used_again"), [(FINE, 0, True), (FINE, 9, False), (FINE[:-1], 0, False)])
async def test_a_connection_is_used_again_where_all_was_sent_and_has_come(
    answer: bytes, unsent: int, used_again: bool
) -> None:
    connector, response = await posted(Wire(answer, unsent))
    response.release()
    assert connector.given_back == [used_again]


@pytest.mark.parametrize("break_", ["\n", "\r", "\r\n", "\0"])
async def test_a_header_that_would_begin_another_is_not_sent(break_: str) -> None:
    wire = Wire(FINE)
    with pytest.raises(ValueError, match="line break"):
        await posted(wire, traceparent=f"00{break_}x-evil: 1")
    assert not wire.written


async def test_nothing_is_written_to_a_connection_that_was_closed_meanwhile() -> None:
    wire = Wire(FINE, closing=True)
    with pytest.raises(ClientConnectionResetError):
        await posted(wire)
    assert not wire.written
