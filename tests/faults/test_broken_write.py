"""Two connections to one broker break at once, on uvloop: the end of the first makes its client write to the second,
which does not know yet that it is broken."""

import asyncio
import socket
import struct

import pytest
import uvloop
from aiokafka.conn import AIOKafkaConnection, CloseReason, create_conn
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.metadata import MetadataRequest

import shared.kafka.connection  # noqa: F401  # whoever opens a client imports it
from services.cli.box.free_ports import free_ports

HANG_UP_HARD = struct.pack("ii", 1, 0)
VERSIONS_OF_METADATA = struct.pack(">ihhh", 1, 3, 0, 5)


class Broker:
    """Says which versions it speaks, and dies."""

    def __init__(self) -> None:
        self._open: list[asyncio.StreamWriter] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.append(writer)
        (size,) = struct.unpack(">i", await reader.readexactly(4))
        asked = await reader.readexactly(size)
        said = asked[4:8] + struct.pack(">h", 0) + VERSIONS_OF_METADATA
        writer.write(struct.pack(">i", len(said)) + said)

    def die(self) -> None:
        for writer in self._open:
            connected: socket.socket = writer.get_extra_info("socket")
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, HANG_UP_HARD)
            writer.transport.abort()


async def _break_two() -> BaseException:
    broker, (port,) = Broker(), free_ports(1)
    refused: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()

    def closed(one: AIOKafkaConnection, _: CloseReason) -> None:
        try:
            both[both[0] is one].send(MetadataRequest([])).close()
        except Exception as error:  # which one is what is asked
            if not refused.done():
                refused.set_result(error)

    async with await asyncio.start_server(broker.answer, "127.0.0.1", port):
        both = [await create_conn("127.0.0.1", port, on_close=closed) for _ in range(2)]
        broker.die()
        return await asyncio.wait_for(refused, 5)


@pytest.mark.parametrize("_", range(5))
def test_a_write_to_a_broken_connection_is_an_error_of_kafka(_: int) -> None:
    assert isinstance(uvloop.run(_break_two()), KafkaConnectionError)
