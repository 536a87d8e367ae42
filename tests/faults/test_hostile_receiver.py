"""Receivers that do what receivers should not, on real sockets, all at once and beside one that behaves: what each
costs is its own."""

import asyncio
import ssl
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.cli.testing import Sink
from shared.contracts.deliveries import EndpointDisabled
from tests.fixtures.dispatcher import Dispatching

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

Answer = Callable[[asyncio.StreamWriter, int], Awaitable[None]]
"""What follows a request; told how many came before it."""
FINE = b"HTTP/1.1 204 No Content\r\n\r\n"


def says(head: str, then: bytes = FINE) -> Answer:
    async def answer(writer: asyncio.StreamWriter, before: int) -> None:
        writer.write(f"HTTP/1.1 {head}\r\nContent-Length: 0\r\n\r\n".encode() if before == 0 else then)

    return answer


def always(head: str) -> Answer:
    async def answer(writer: asyncio.StreamWriter, _: int) -> None:
        writer.write(f"HTTP/1.1 {head}\r\nContent-Length: 0\r\n\r\n".encode())

    return answer


async def hangs(_writer: asyncio.StreamWriter, _before: int) -> None:
    await asyncio.sleep(60)


async def never_stops(writer: asyncio.StreamWriter, _: int) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
        await writer.drain()


async def drips(writer: asyncio.StreamWriter, _: int) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.3)


async def drips_headers(writer: asyncio.StreamWriter, _: int) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Filler: " + b"x" * 4_000 + b"\r\n")
        await writer.drain()


async def bombs(writer: asyncio.StreamWriter, _: int) -> None:
    squeezed = zlib.compress(b"\0" * 50_000_000, 9)
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: %d\r\n\r\n" % len(squeezed) + squeezed
    )


async def resets(writer: asyncio.StreamWriter, _: int) -> None:
    writer.transport.abort()


async def talks_nonsense(writer: asyncio.StreamWriter, _: int) -> None:
    writer.write(b"220 mail.example ESMTP\r\n")


async def talks_binary(writer: asyncio.StreamWriter, _: int) -> None:
    writer.write(b"HTTP/1.1 \xff\xfe\x00 \xed\xa0\x80\r\n\r\n")


BEHAVIOURS: dict[str, Answer] = {
    "busy-once": says("503 Service Unavailable"),
    "hangs": hangs,
    "never-stops": never_stops,
    "drips": drips,
    "drips-headers": drips_headers,
    "bombs": bombs,
    "resets": resets,
    "nonsense": talks_nonsense,
    "binary": talks_binary,
    "redirects": always("302 Found\r\nLocation: http://169.254.169.254/latest/meta-data/"),
    "gone": always("410 Gone"),
    "asks-for-rest": says("429 Too Many Requests\r\nRetry-After: 3"),
    "refuses": always("400 Bad Request"),
}


@asynccontextmanager
async def listening(answer: Answer, came: list[float], tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    tasks: set[asyncio.Task[object]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            tasks.add(task)
        with suppress(ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
                came.append(time.time())
                await answer(writer, len(came) - 1)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    finally:
        server.close()
        for task in tasks:
            task.cancel()


class Played:
    """What the receivers saw, once all had their time."""

    def __init__(self, running: Dispatching, healthy: Sink) -> None:
        self.running = running
        self.healthy = healthy
        self.came: dict[str, list[float]] = {}
        self.began = time.time()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def played(running: Dispatching, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Played]:
    async with AsyncExitStack() as stack:
        healthy = await stack.enter_async_context(Sink.open())
        told = Played(running, healthy)
        urls = {"healthy": healthy.url, "closed": "http://127.0.0.1:9/", "private": "https://10.0.0.1/"}
        for name, answer in BEHAVIOURS.items():
            told.came[name] = []
            urls[name] = await stack.enter_async_context(listening(answer, told.came[name]))
        told.came["self-signed"] = []
        tls = self_signed(tmp_path_factory.mktemp("tls"))
        urls["self-signed"] = await stack.enter_async_context(
            listening(always("200 OK"), told.came["self-signed"], tls)
        )
        for name, url in urls.items():
            await running.endpoint(name, url)
        await asyncio.sleep(0.5)
        told.began = time.time()
        for name in urls:
            await running.send(name)
        for _ in range(50):
            await asyncio.sleep(0.1)
            await running.send("healthy")
        await running.send("asks-for-rest")
        await running.send("gone")
        await asyncio.sleep(max(0.0, told.began + 16.5 - time.time()))
        yield told


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, encoding = folder / "both.pem", serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem.write_bytes(private + certificate.public_bytes(encoding))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


async def test_one_that_is_busy_once_gets_it_at_the_second_attempt(played: Played) -> None:
    first, second = await played.running.attempts("busy-once", 2)
    assert (first.state, first.status) == ("due", 503)
    assert (second.state, second.status, second.attempt) == ("delivered", 204, 2)
    assert second.message_id == first.message_id
    before, after = played.came["busy-once"]
    assert 4.4 < after - before < 6.5


async def test_one_that_hangs_is_given_fifteen_seconds(played: Played) -> None:
    (attempt,) = await played.running.attempts("hangs", 1)
    assert (attempt.state, attempt.status, attempt.error) == ("due", None, "no answer within 15 s")
    assert 14_900 < attempt.latency_ms < 16_000


@pytest.mark.parametrize("name", ["never-stops", "drips", "bombs"])
async def test_a_body_without_end_costs_the_connection_not_the_verdict(played: Played, name: str) -> None:
    (attempt,) = await played.running.attempts(name, 1)
    assert (attempt.state, attempt.status) == ("delivered", 200)
    assert len(attempt.response_head) <= 1_024
    assert attempt.latency_ms < 3_000


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("drips-headers", "no valid HTTP answer: Too many headers"),
        ("resets", "the connection was closed before an answer came"),
        ("nonsense", "no valid HTTP answer: "),
        ("binary", "no valid HTTP answer: "),
        ("closed", "no connection: "),
        ("self-signed", "TLS: "),
        ("private", "its address is private"),
    ],
)
async def test_no_answer_is_a_failure_that_says_what_happened(played: Played, name: str, error: str) -> None:
    attempts = await played.running.attempts(name, 1)
    assert (attempts[0].state, attempts[0].status) == ("due", None)
    assert error in (attempts[0].error or "")
    assert attempts[0].next_attempt_at is not None


async def test_a_redirect_is_a_failure_and_is_not_followed(played: Played) -> None:
    first, *_ = await played.running.attempts("redirects", 1)
    assert (first.state, first.status, first.error) == ("due", 302, None)


async def test_a_refusal_is_tried_again_by_the_schedule(played: Played) -> None:
    first, second = (await played.running.attempts("refuses", 2))[:2]
    assert (first.status, second.status) == (400, 400)
    assert second.next_attempt_at is not None
    wait = second.next_attempt_at - second.at
    assert timedelta(minutes=4, seconds=29) < wait < timedelta(minutes=5, seconds=31)


async def test_one_that_is_gone_is_disabled_at_once_and_gets_nothing_more(played: Played) -> None:
    told = await played.running.told("gone", 2)
    (disabled,) = (report for report in told if isinstance(report, EndpointDisabled))
    assert disabled.reason == "the receiver answered 410 Gone"
    (attempt,) = (report for report in told if not isinstance(report, EndpointDisabled))
    assert attempt.state == "dead"
    assert len(played.came["gone"]) == 1


async def test_one_that_asks_for_rest_gets_it_and_then_everything(played: Played) -> None:
    first, *later = await played.running.attempts("asks-for-rest", 3)
    assert (first.state, first.status) == ("due", 429)
    assert [attempt.state for attempt in later] == ["delivered", "delivered"]
    came = played.came["asks-for-rest"]
    assert len(came) == 3
    assert came[1] - came[0] >= 3


async def test_the_one_that_behaves_notices_nothing(played: Played) -> None:
    await played.healthy.expect(51, within_s=1)
    attempts = await played.running.attempts("healthy", 51)
    assert all((attempt.attempt, attempt.state) == (1, "delivered") for attempt in attempts)
    assert sorted(attempt.latency_ms for attempt in attempts)[45] < 1_000


async def test_no_url_stands_in_the_log(played: Played) -> None:
    assert "/hook" not in played.running.log.read_text()
