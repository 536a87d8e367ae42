"""Receivers that do what receivers should not, on real sockets, all at once and beside one that behaves: what each
costs is its own. The table says of each how its first message fares: attempts, waits between them, how it ends."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network

import psutil
import pytest
import pytest_asyncio

from services.cli.testing import Sink
from services.dispatcher.sender import Sender
from services.dispatcher.settings import DispatcherSettings
from shared.contracts.deliveries import Attempt, EndpointDisabled
from shared.http.addresses import Address
from shared.http.egress import check_url
from tests.faults import receivers as does
from tests.faults.certificates import Authority
from tests.faults.receivers import Receiver, always, late_by, once
from tests.fixtures.box import Database
from tests.fixtures.dispatcher import Dispatching, dispatching
from tests.unit.dispatcher.making import delivery, receiver

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

WITHIN_S = 2
"""For an attempt, instead of 15."""
TOO_LATE = f"no answer within {WITHIN_S} s"
SECOND, THIRD = (4.5, 5.5), (270.0, 330.0)
"""When an attempt follows the one before, by the schedule."""
TLS = "TLS: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed:"
INVALID = "no valid HTTP answer:"
PROXY = "http://127.0.0.1:9"
SETTINGS = {
    "CHOKEPOINT_ATTEMPT_WITHIN_S": str(WITHIN_S),
    "CHOKEPOINT_ALLOW_SUBNETS": "127.0.0.0/8 ::1/128",
    "HTTP_PROXY": PROXY,
    "HTTPS_PROXY": PROXY,
    "ALL_PROXY": PROXY,
}


HEADERS = {
    "X-Own": "kept",
    "webhook-id": "forged",
    "Webhook_Signature": "forged",
    "Host": "forged",
    "Content-Length": "0",
    "Transfer-Encoding": "forged",
    "X-Team": "a\r\nForged: yes\r\n\r\nPOST /forged HTTP/1.1",
}
"""As no control lets them through."""


@dataclass(frozen=True)
class Fares:
    said: Sequence[str]
    """What each attempt met: a status, or the beginning of an error."""
    ends: str
    waits: tuple[float, float] = SECOND
    """Between the end of the first attempt and the second, in seconds."""


FARES = {
    "busy-once": Fares(["503", "204"], "delivered"),
    "busy": Fares(["503", "503"], "due"),
    "hangs": Fares([TOO_LATE, TOO_LATE], "due"),
    "late": Fares([TOO_LATE, "204"], "delivered"),
    "drips-its-head": Fares([TOO_LATE, TOO_LATE], "due"),
    "drips-its-body": Fares(["200"], "delivered"),
    "never-stops": Fares(["200"], "delivered"),
    "bombs": Fares(["200"], "delivered"),
    "headers-without-end": Fares([f"{INVALID} more than 64 KiB before the end of its head"] * 2, "due"),
    "processing-without-end": Fares([f"{INVALID} more than 16 interim answers"] * 2, "due"),
    "processing-at-a-pace": Fares([f"{INVALID} more than 16 interim answers"] * 2, "due"),
    "hints-without-end": Fares([f"{INVALID} more than 64 KiB before the end of its head"] * 2, "due"),
    "answers-in-steps": Fares(["200"], "delivered"),
    "answers-without-end": Fares(["200"], "delivered"),
    "resets": Fares(["the connection was closed before an answer came"] * 2, "due"),
    "resets-within-the-request": Fares(["the connection was closed before an answer came"] * 2, "due"),
    "resets-within-its-answer": Fares(["200"], "delivered"),
    "nonsense": Fares(["no valid HTTP answer: "] * 2, "due"),
    "binary": Fares(["no valid HTTP answer: "] * 2, "due"),
    "refuses": Fares(["400", "400"], "due"),
    "redirects": Fares(["302", "302"], "due"),
    "gone": Fares(["410"], "dead"),
    "rest-for-seconds": Fares(["429", "204"], "delivered"),
    "rest-until-a-date": Fares(["429", "204"], "delivered", waits=(6.9, 8.6)),
    "closed": Fares(["no connection: "] * 2, "due"),
    "private": Fares(["10.0.0.1 is refused: its address is private"] * 2, "due"),
    "tls": Fares(["204"], "delivered"),
    "tls-of-another": Fares([f"{TLS} Hostname mismatch"] * 2, "due"),
    "tls-expired": Fares([f"{TLS} certificate has expired"] * 2, "due"),
    "tls-of-a-stranger": Fares([f"{TLS} unable to get local issuer certificate"] * 2, "due"),
    "tls-self-signed": Fares([f"{TLS} self-signed certificate"] * 2, "due"),
}


def made(trusted: Authority, stranger: Authority) -> dict[str, Receiver]:
    def https(context: ssl.SSLContext) -> Receiver:
        return Receiver(always("204 No Content"), context, host="localhost")

    return {
        "busy-once": Receiver(once(always("503 Service Unavailable"))),
        "busy": Receiver(always("503 Service Unavailable")),
        "hangs": Receiver(does.hangs),
        "late": Receiver(once(late_by(WITHIN_S + 0.5))),
        "drips-its-head": Receiver(does.drips_its_head),
        "drips-its-body": Receiver(does.drips_its_body),
        "never-stops": Receiver(does.never_stops),
        "bombs": Receiver(does.bombs),
        "headers-without-end": Receiver(does.has_headers_without_end),
        "processing-without-end": Receiver(does.interim("102 Processing")),
        "processing-at-a-pace": Receiver(does.interim("102 Processing", pause_s=0.1)),
        "hints-without-end": Receiver(does.interim("103 Early Hints" + f"\r\nLink: <{'x' * 7_000}>" * 8)),
        "answers-in-steps": Receiver(does.answers_in_steps),
        "answers-without-end": Receiver(does.answers_without_end),
        "resets": Receiver(does.resets),
        "resets-within-the-request": Receiver(does.resets, reads=0.1),
        "resets-within-its-answer": Receiver(does.resets_within_its_answer),
        "resets-one-in-ten": Receiver(does.resets_one_in_ten),
        "nonsense": Receiver(does.talks_nonsense),
        "binary": Receiver(does.talks_binary),
        "refuses": Receiver(always("400 Bad Request")),
        "redirects": Receiver(always("302 Found\r\nLocation: http://169.254.169.254/latest/meta-data/")),
        "gone": Receiver(always("410 Gone")),
        "rest-for-seconds": Receiver(once(always("429 Too Many Requests\r\nRetry-After: 3"))),
        "rest-until-a-date": Receiver(once(does.wants_rest_until(8))),
        "tls": https(trusted.server("localhost")),
        "tls-of-another": https(trusted.server("another.example")),
        "tls-expired": https(trusted.server("localhost", until=-timedelta(days=1))),
        "tls-of-a-stranger": https(stranger.server("localhost")),
        "tls-self-signed": https(stranger.server("localhost", self_signed=True)),
    }


@dataclass
class Played:
    """What the receivers saw, once all had their time."""

    running: Dispatching
    healthy: Sink
    hostile: dict[str, Receiver]
    grown_by_mb: float = 0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def played(kafka: str, postgres: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Played]:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "stranger").mkdir()
    trusted, stranger = Authority(folder, "Trusted"), Authority(folder / "stranger", "Stranger")
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(dispatching(kafka, postgres(), folder / "log"))
        await running.start(**SETTINGS, SSL_CERT_FILE=str(trusted.trusted))
        healthy = await stack.enter_async_context(Sink.open())
        told = Played(running, healthy, made(trusted, stranger))
        for each in told.hostile.values():
            await stack.enter_async_context(each.open())
        await play(told)
        yield told


async def play(told: Played) -> None:
    running = told.running
    assert running.process is not None
    process = psutil.Process(running.process.pid)
    urls = {name: each.url for name, each in told.hostile.items()}
    urls |= {"healthy": told.healthy.url, "closed": "http://127.0.0.1:9/", "private": "https://10.0.0.1/"}
    for name, url in urls.items():
        await running.endpoint(name, url, headers=HEADERS)
    await asyncio.sleep(0.5)
    before = process.memory_info().rss
    for name in urls:
        await running.send(name)
    await running.send("resets-one-in-ten", 29)
    await running.attempts("rest-for-seconds", 1)
    await running.send("rest-for-seconds")
    for _ in range(25):
        await asyncio.sleep(0.1)
        await running.send("healthy")
    await running.send("gone")
    for name, fares in FARES.items():
        await running.attempts(name, len(fares.said), within_s=15)
    told.grown_by_mb = (process.memory_info().rss - before) / 1e6


async def first_message(played: Played, name: str, count: int) -> list[Attempt]:
    """Its attempts, where others were made to the same endpoint too."""
    attempts = await played.running.attempts(name, count)
    return [attempt for attempt in attempts if attempt.message_id == attempts[0].message_id]


async def test_whoever_sets_nothing_gives_each_attempt_fifteen_seconds() -> None:
    assert DispatcherSettings.model_fields["attempt_within_s"].default == 15


@pytest.mark.parametrize(("name", "fares"), FARES.items(), ids=FARES)
async def test_how_a_message_fares(played: Played, name: str, fares: Fares) -> None:
    attempts = await first_message(played, name, len(fares.said) + (name == "rest-for-seconds"))
    met = [str(attempt.status or attempt.error) for attempt in attempts]
    assert [one[: len(said)] for one, said in zip(met, fares.said, strict=True)] == list(fares.said)
    assert [attempt.attempt for attempt in attempts] == list(range(1, len(met) + 1))
    assert attempts[-1].state == fares.ends
    assert all(attempt.latency_ms < (WITHIN_S + 0.5) * 1_000 for attempt in attempts)
    assert all(len(attempt.response_head) <= 1_024 for attempt in attempts)
    if len(attempts) > 1:
        least, most = fares.waits
        assert least <= seconds_between(*attempts) < most + 0.5
    if fares.ends == "due":
        last = attempts[-1]
        assert last.next_attempt_at is not None
        wait = last.next_attempt_at - last.at
        assert THIRD[0] < wait.total_seconds() < THIRD[1] + WITHIN_S + 0.5


def seconds_between(first: Attempt, second: Attempt) -> float:
    return (second.at - first.at).total_seconds() - first.latency_ms / 1_000


async def test_one_that_answered_too_late_gets_it_again_under_the_same_id(played: Played) -> None:
    first, second = played.hostile["late"].came
    assert first.header("webhook-id") == second.header("webhook-id")
    assert first.header("webhook-timestamp") < second.header("webhook-timestamp")


async def test_what_resets_one_in_ten_gets_everything_and_those_again(played: Played) -> None:
    attempts = await played.running.attempts("resets-one-in-ten", 33, within_s=5)
    delivered = [attempt for attempt in attempts if attempt.state == "delivered"]
    assert len({attempt.message_id for attempt in delivered}) == len(delivered) == 30
    assert {attempt.attempt for attempt in attempts if attempt.state == "due"} == {1}


async def test_one_that_is_gone_is_disabled_at_once_and_gets_nothing_more(played: Played) -> None:
    told = await played.running.told("gone", 2)
    (disabled,) = (report for report in told if isinstance(report, EndpointDisabled))
    assert disabled.reason == "the receiver answered 410 Gone"
    assert len(played.hostile["gone"].came) == 1


async def test_while_one_rests_its_later_messages_wait_too(played: Played) -> None:
    refused, other, again = played.hostile["rest-for-seconds"].came
    assert refused.header("webhook-id") == again.header("webhook-id") != other.header("webhook-id")
    assert 3 <= other.at - refused.at < 4


async def test_the_one_that_behaves_notices_nothing(played: Played) -> None:
    await played.healthy.expect(26, within_s=1)
    attempts = await played.running.attempts("healthy", 26)
    assert all((attempt.attempt, attempt.state) == (1, "delivered") for attempt in attempts)
    assert sorted(attempt.latency_ms for attempt in attempts)[23] < 1_000


async def test_what_they_send_is_not_unpacked_and_takes_no_memory(played: Played) -> None:
    (attempt,) = await played.running.attempts("bombs", 1)
    assert attempt.response_head.startswith("\x1f")
    assert played.grown_by_mb < 30


async def test_no_url_stands_in_the_log(played: Played) -> None:
    assert "/hook" not in played.running.log.read_text()


async def test_the_server_behind_a_name_is_asked_for_by_that_name(played: Played) -> None:
    """Although the connection goes to an address: its certificate would not fit otherwise."""
    (request,) = played.hostile["tls"].came
    assert request.header("host") == played.hostile["tls"].url.split("/")[2]


async def test_no_header_of_an_owner_takes_the_place_of_ours_or_adds_another(played: Played) -> None:
    (request,) = played.hostile["tls"].came
    names = [line.split(":")[0].lower() for line in request.head.splitlines()[1:] if line]
    assert sorted(names) == [
        "content-length", "content-type", "host", "traceparent", "user-agent",
        "webhook-id", "webhook-signature", "webhook-timestamp", "x-own",
    ]  # fmt: skip
    assert "forged" not in request.head.lower()


class Names:
    """A resolver that says something else each time."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)

    async def __call__(self, _host: str, _port: int) -> Sequence[Address]:
        return [ip_address(self.answers.pop(0))]


async def test_a_name_that_leads_elsewhere_once_it_is_registered_leads_nowhere() -> None:
    names = Names("93.184.215.14", "127.0.0.1", "127.0.0.1")
    async with Receiver(always("204 No Content")).open() as inside:
        port = inside.url.split(":")[2].removesuffix("/hook")
        await check_url("https://rebinding.example/hook", (), names)
        async with Sender((), resolve=names) as sender:
            reply = await sender.send(receiver(url=f"https://rebinding.example:{port}/hook"), delivery())
    assert reply.answer.error == "rebinding.example is refused: its address is loopback; see CHOKEPOINT_ALLOW_SUBNETS"
    assert inside.connections == 0


async def test_a_name_that_changes_between_check_and_connect_changes_nothing() -> None:
    names = Names("127.0.0.2", "127.0.0.1")
    async with Receiver(always("204 No Content")).open() as inside:
        port = int(inside.url.split(":")[2].removesuffix("/hook"))
        async with (
            Receiver(always("204 No Content"), listens_at="127.0.0.2").open(port) as checked,
            Sender([ip_network("127.0.0.2/32")], resolve=names) as sender,
        ):
            reply = await sender.send(receiver(url=f"http://rebinding.example:{port}/hook"), delivery())
    assert reply.answer.status == 204
    assert (checked.connections, inside.connections) == (1, 0)
    assert checked.came[0].header("host") == f"rebinding.example:{port}"
    assert names.answers == ["127.0.0.1"], "one question an attempt"
