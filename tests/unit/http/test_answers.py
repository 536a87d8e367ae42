"""A request has one answer. What may come before it is bounded, whatever pieces it comes in; what comes after it ends
the connection."""

import asyncio

import pytest
from aiohttp.http import HttpProcessingError

from shared.http.answers import HEAD_AT_MOST, INTERIM_AT_MOST, BoundedAnswer, BoundedConnector

PROCESSING = b"HTTP/1.1 102 Processing\r\n\r\n"
HINTS, LINK = b"HTTP/1.1 103 Early Hints\r\n", b"Link: <" + b"x" * 7_000 + b">\r\n"
FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"
LARGE = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1_000_000


class Wire(asyncio.Transport):
    """Its other end is the test. When it is cut off, the protocol hears of it a moment later."""

    def __init__(self) -> None:
        super().__init__()
        self.is_cut = False

    def abort(self) -> None:
        self.is_cut = True

    def close(self) -> None:
        pass

    def pause_reading(self) -> None:
        pass


def asked() -> tuple[BoundedAnswer, Wire]:
    protocol, wire = BoundedAnswer(asyncio.get_running_loop()), Wire()
    protocol.connection_made(wire)
    protocol.set_response_params(read_until_eof=True)
    return protocol, wire


async def statuses(protocol: BoundedAnswer) -> list[int]:
    """What comes of it up to the answer.

    :raises HttpProcessingError: none does.
    """
    read = [(await asyncio.wait_for(protocol.read(), 1))[0].code]
    while read[-1] < 200:
        read.append((await asyncio.wait_for(protocol.read(), 1))[0].code)
    return read


@pytest.mark.parametrize("before", [b"", b"HTTP/1.1 100 Continue\r\n\r\n", PROCESSING * INTERIM_AT_MOST])
@pytest.mark.parametrize("piece", [1, 64, 100_000])
async def test_a_few_interim_answers_are_passed_over(before: bytes, piece: int) -> None:
    protocol, wire = asked()
    sent = before + FINE
    for at in range(0, len(sent), piece):
        protocol.data_received(sent[at : at + piece])
    assert (await statuses(protocol))[-1] == 200
    assert not wire.is_cut


@pytest.mark.parametrize("piece", [1, 64, 100_000])
async def test_one_more_and_the_connection_is_cut_off(piece: int) -> None:
    protocol, wire = asked()
    sent = PROCESSING * (INTERIM_AT_MOST + 1) + FINE
    for at in range(0, len(sent), piece):
        protocol.data_received(sent[at : at + piece])
    protocol.connection_lost(None)
    assert wire.is_cut
    with pytest.raises(HttpProcessingError, match="more than 16 interim answers"):
        await statuses(protocol)


@pytest.mark.parametrize("sent", [HINTS + LINK * 100, (HINTS + LINK + b"\r\n") * 12])
async def test_so_is_one_whose_heads_are_too_long(sent: bytes) -> None:
    protocol, wire = asked()
    protocol.data_received(sent + b"\r\n" + FINE)
    assert wire.is_cut
    with pytest.raises(HttpProcessingError, match="more than 64 KiB before the end of its head"):
        await statuses(protocol)


async def test_what_waits_for_the_answer_hears_why_it_does_not_come() -> None:
    protocol, _ = asked()
    waiting = asyncio.create_task(statuses(protocol))
    await asyncio.sleep(0)
    protocol.data_received(PROCESSING * 10_000)
    protocol.connection_lost(None)
    with pytest.raises(HttpProcessingError, match="interim"):
        await waiting


async def test_a_flood_leaves_nothing_behind() -> None:
    protocol, _ = asked()
    for _ in range(100):
        protocol.data_received(PROCESSING * 10_000)
    assert len(protocol) <= INTERIM_AT_MOST


async def test_a_body_has_no_part_in_the_bound() -> None:
    protocol, wire = asked()
    protocol.data_received(LARGE)
    message, body = await protocol.read()
    assert (message.code, len(body.read_nowait())) == (200, 1_000_000)
    assert not wire.is_cut


async def test_each_request_has_a_bound_of_its_own() -> None:
    protocol, wire = asked()
    for _ in range(3):
        protocol.set_response_params()
        protocol.data_received(PROCESSING * INTERIM_AT_MOST + FINE)
        assert (await statuses(protocol))[-1] == 200
    assert not wire.is_cut


@pytest.mark.parametrize("pieces", [[FINE * 100], [FINE, FINE], [FINE, b"\r\n"], [FINE, b"HTTP/1.1 408 "]])
async def test_what_answers_no_request_ends_the_connection_but_not_the_answer_before_it(pieces: list[bytes]) -> None:
    protocol, wire = asked()
    for piece in pieces:
        protocol.data_received(piece)
    assert await statuses(protocol) == [200]
    assert wire.is_cut
    assert protocol.should_close
    assert len(protocol) == 0


async def test_an_answer_that_is_broken_is_called_so() -> None:
    protocol, _ = asked()
    protocol.data_received(b"220 mail.example\r\n" + b"x" * HEAD_AT_MOST)
    with pytest.raises(HttpProcessingError, match="Bad status line"):
        await statuses(protocol)


async def test_every_connection_is_bounded() -> None:
    connector = BoundedConnector()
    assert isinstance(connector._factory(), BoundedAnswer)
    await connector.close()
