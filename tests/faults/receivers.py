"""Receivers that do what receivers should not, on real sockets."""

import asyncio
import gzip
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

Answer = Callable[[asyncio.StreamWriter, int], Awaitable[None]]
"""What follows a request; told how many came before it."""
FINE = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Request:
    at: float
    head: str

    def header(self, name: str) -> str:
        lines = (line.partition(":") for line in self.head.splitlines()[1:])
        return next(value.strip() for key, _, value in lines if key.lower() == name)


@dataclass
class Receiver:
    answer: Answer
    tls: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    listens_at: str = "127.0.0.1"
    reads: float = 1.0
    """Of the body of a request, before it answers."""
    came: list[Request] = field(default_factory=list)
    connections: int = 0
    url: str = ""

    @asynccontextmanager
    async def open(self, port: int = 0) -> AsyncIterator["Receiver"]:
        tasks: set[asyncio.Task[object]] = set()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            if (task := asyncio.current_task()) is not None:
                tasks.add(task)
            with suppress(ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError):
                while True:
                    await self._serve_one(reader, writer)
            writer.transport.abort()  # what nobody reads any more would keep it open beyond its loop

        server = await asyncio.start_server(serve, self.listens_at, port, ssl=self.tls)
        self.url = f"{'https' if self.tls else 'http'}://{self.host}:{server.sockets[0].getsockname()[1]}/hook"
        try:
            yield self
        finally:
            server.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        request = Request(time.time(), head.decode())
        length = int(request.header("content-length"))
        await reader.readexactly(int(length * self.reads))
        self.came.append(request)
        await self.answer(writer, len(self.came) - 1)
        await writer.drain()


def always(head: str) -> Answer:
    async def answer(writer: asyncio.StreamWriter, _: int) -> None:
        writer.write(f"HTTP/1.1 {head}\r\nContent-Length: 0\r\n\r\n".encode())

    return answer


def once(first: Answer) -> Answer:
    """Fine afterwards."""

    async def answer(writer: asyncio.StreamWriter, before: int) -> None:
        if before == 0:
            await first(writer, before)
        else:
            writer.write(FINE)

    return answer


def late_by(seconds: float) -> Answer:
    async def answer(writer: asyncio.StreamWriter, _: int) -> None:
        await asyncio.sleep(seconds)
        writer.write(FINE)

    return answer


def wants_rest_until(seconds: float) -> Answer:
    async def answer(writer: asyncio.StreamWriter, before: int) -> None:
        until = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
        await always(f"429 Too Many Requests\r\nRetry-After: {until}")(writer, before)

    return answer


async def hangs(_writer: asyncio.StreamWriter, _before: int) -> None:
    await asyncio.sleep(60)


async def drips_its_head(writer: asyncio.StreamWriter, _: int) -> None:
    """A slow loris the other way round."""
    for byte in b"HTTP/1.1 200 OK\r\nX-Filler: " + b"x" * 1000:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.1)


async def drips_its_body(writer: asyncio.StreamWriter, _: int) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.3)


async def never_stops(writer: asyncio.StreamWriter, _: int) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
        await writer.drain()


async def has_headers_without_end(writer: asyncio.StreamWriter, _: int) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Filler: " + b"x" * 4_000 + b"\r\n")
        await writer.drain()


def interim(head: str, *, pause_s: float = 0) -> Answer:
    """Never comes to its answer. Many at a time: a receiver as fast as its socket."""
    some = f"HTTP/1.1 {head}\r\n\r\n".encode()
    burst = some * max(1, 256 * 1024 // len(some))

    async def answer(writer: asyncio.StreamWriter, _: int) -> None:
        while True:
            writer.write(burst)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return answer


async def answers_in_steps(writer: asyncio.StreamWriter, _: int) -> None:
    """As servers do that hint at what they will send."""
    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    for _ in range(3):
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload; as=style\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.1)
    writer.write(b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine")


async def answers_without_end(writer: asyncio.StreamWriter, _: int) -> None:
    """And to no request, all but the first."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()
    await asyncio.sleep(0.1)
    await interim("200 OK\r\nContent-Length: 0")(writer, 0)


BOMB = gzip.compress(b"\0" * 1_000_000) * 200
"""200 KB that are 200 MB."""


async def bombs(writer: asyncio.StreamWriter, _: int) -> None:
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(BOMB)}\r\n\r\n".encode() + BOMB)


async def resets(writer: asyncio.StreamWriter, _: int) -> None:
    writer.transport.abort()


async def resets_one_in_ten(writer: asyncio.StreamWriter, before: int) -> None:
    if before % 10 == 3:
        writer.transport.abort()
    else:
        writer.write(FINE)


async def resets_within_its_answer(writer: asyncio.StreamWriter, _: int) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 100)
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.transport.abort()


async def talks_nonsense(writer: asyncio.StreamWriter, _: int) -> None:
    writer.write(b"220 mail.example ESMTP\r\n")


async def talks_binary(writer: asyncio.StreamWriter, _: int) -> None:
    writer.write(b"HTTP/1.1 \xff\xfe\x00 \xed\xa0\x80\r\n\r\n")
