"""A TCP proxy in front of our receiver: the network between the dispatcher and its customers, which can grow slow."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

CHUNK = 16_384


class Wire:
    def __init__(self, target: int) -> None:
        self._target = target
        self.bytes_per_s: float | None = None
        """None: as fast as it goes."""
        self.url = ""

    @classmethod
    @asynccontextmanager
    async def to(cls, target: int) -> AsyncIterator["Wire"]:
        """In front of this port of 127.0.0.1."""
        wire = cls(target)
        open_ones: set[asyncio.Task[object]] = set()

        async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if task := asyncio.current_task():
                open_ones.add(task)
                task.add_done_callback(open_ones.discard)
            with suppress(OSError, asyncio.CancelledError):
                await wire._join(reader, writer)
            writer.close()

        server = await asyncio.start_server(connect, "127.0.0.1", 0)
        wire.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        try:
            yield wire
        finally:
            server.close()
            for task in open_ones:
                task.cancel()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        try:
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        finally:
            back.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(CHUNK):
            if self.bytes_per_s:
                await asyncio.sleep(len(chunk) / self.bytes_per_s)
            writer.write(chunk)
            await writer.drain()
        writer.write_eof()
