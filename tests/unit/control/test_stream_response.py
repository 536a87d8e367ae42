"""One client of the live stream: what it is sent, and how it ends. Kafka is a list here, and the client a function."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from aiokafka.errors import KafkaError
from starlette.types import Message as Asgi

from services.control.state import Control
from services.control.stream import response
from services.control.stream.clients import Clients, StreamPolicy
from services.control.stream.response import EventStream
from shared.contracts.keys import KeyRecord
from shared.http.auth import KeyRing
from shared.http.problems import Problem
from shared.kafka.record import Incoming, TopicPartition
from shared.kafka.topics import RISK_SCORES
from tests.unit.control.test_stream_events import Record

KEY = KeyRecord(id="k", name="k", sha256="hash", scopes=("alerts:read",))
PLACE = TopicPartition(RISK_SCORES, 0)
QUICK = StreamPolicy(most_clients=3, most_of_a_key=2, heartbeat_s=0.02, taken_within_s=0.02, told_within_s=0.02)


@dataclass
class Source:
    """Says each batch, then nothing."""

    batches: list[list[Incoming]]
    reached: dict[TopicPartition, int] = field(default_factory=lambda: {PLACE: 7})
    gap: list[TopicPartition] = field(default_factory=list)
    fails: bool = False

    async def next(self, within_s: float) -> list[Incoming]:
        if self.batches:
            return self.batches.pop(0)
        if self.fails:
            raise KafkaError
        await asyncio.sleep(within_s)
        return []


class Client:
    """Takes what it is sent; `takes` says how long it needs for a block."""

    def __init__(self, takes: Callable[[str], float] = lambda _: 0.0) -> None:
        self.blocks: list[str] = []
        self._more = asyncio.Event()
        self.status = 0
        self.complete = False
        self.gone = asyncio.Event()
        self._takes = takes

    async def send(self, sent: Asgi) -> None:
        if sent["type"] == "http.response.start":
            self.status = sent["status"]
            return
        block = sent["body"].decode()
        await asyncio.sleep(self._takes(block))
        self.blocks.append(block)
        self._more.set()
        self.complete = not sent.get("more_body")

    async def receive(self) -> Asgi:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def has(self, word: str) -> None:
        async with asyncio.timeout(2):
            while not any(word in block for block in self.blocks):
                await self._more.wait()
                self._more.clear()


@pytest.fixture
def clients() -> Clients:
    ring = KeyRing()
    ring.apply(KEY.id, KEY)
    return Clients(ring, asyncio.Event(), QUICK)


Listen = Callable[[Source, Client], "asyncio.Task[None]"]


@pytest.fixture
def listen(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> Listen:
    def begun(source: Source, client: Client) -> "asyncio.Task[None]":
        @asynccontextmanager
        async def reading(*_: object) -> AsyncIterator[Source]:
            yield source

        monkeypatch.setattr(response, "reading", reading)
        control = cast("Control", SimpleNamespace(settings=SimpleNamespace(partitions=1), engine=None))
        stream = EventStream(control, clients, KEY, None)
        return asyncio.create_task(stream({}, client.receive, client.send))

    return begun


def score(offset: int) -> Incoming:
    return Record(RISK_SCORES, None, key=b"acme/terbium", offset=offset)


async def test_events_have_a_name_their_json_and_the_id_to_go_on_from(clients: Clients, listen: Listen) -> None:
    client = Client()
    listening = listen(Source([[score(7), score(9)]]), client)
    await client.has("id: 10")
    clients.stopping.set()
    await listening
    assert client.status == 200
    assert client.blocks[0] == ": chokepoint\nid: 7\nretry: 2000\n\n"
    data = '{"customer_id":"acme","material":"terbium","score":null}'
    assert client.blocks[1:3] == [f"event: score\ndata: {data}\nid: {number}\n\n" for number in (8, 10)]


async def test_a_quiet_stream_is_kept_open_and_an_unseen_record_moves_its_id(listen: Listen) -> None:
    client = Client()
    listening = listen(Source([[Record(RISK_SCORES, b"{", offset=11)]]), client)
    await client.has(": heartbeat\nid: 12\n\n")
    client.gone.set()
    await listening
    assert not client.complete, "nobody is left to be told of an end"


async def test_what_is_not_kept_any_more_is_said_first(listen: Listen) -> None:
    client = Client()
    listening = listen(Source([], gap=[PLACE]), client)
    await client.has("event: gap")
    client.gone.set()
    await listening
    assert '"topics":["risk.scores"]' in client.blocks[1]


async def test_a_copy_that_stops_says_so(clients: Clients, listen: Listen) -> None:
    client = Client()
    listening = listen(Source([]), client)
    await client.has("chokepoint")
    clients.stopping.set()
    await listening
    assert client.complete
    assert '"reason":"stopping"' in client.blocks[-1]


async def test_a_slow_client_is_told_why_it_is_left(listen: Listen) -> None:
    client = Client(takes=lambda block: 0.5 if "event: score" in block else 0.0)
    await listen(Source([[score(7)]]), client)
    assert client.complete
    assert '"reason":"slow"' in client.blocks[-1]
    assert not any("event: score" in block for block in client.blocks), "it comes again after Last-Event-ID"


async def test_one_that_takes_nothing_at_all_is_cut(listen: Listen) -> None:
    client = Client(takes=lambda block: 0.0 if "chokepoint" in block else 9.0)
    async with asyncio.timeout(1):
        await listen(Source([[score(7)]]), client)
    assert not client.complete


@pytest.mark.parametrize("change", ["deleted", "expired"])
async def test_a_key_that_does_not_stand_any_more_hears_no_more(clients: Clients, listen: Listen, change: str) -> None:
    client = Client()
    listening = listen(Source([]), client)
    await client.has("chokepoint")
    past = datetime.now(UTC) - timedelta(seconds=1)
    clients.ring.apply(KEY.id, KEY.model_copy(update={"expires_at": past}) if change == "expired" else None)
    await listening
    assert '"reason":"key"' in client.blocks[-1]


async def test_a_reader_that_cannot_go_on_says_so(listen: Listen) -> None:
    client = Client()
    await listen(Source([], fails=True), client)
    assert '"reason":"unavailable"' in client.blocks[-1]


def test_a_key_has_so_many_streams_and_a_copy_has(clients: Clients) -> None:
    other = KEY.model_copy(update={"id": "other"})
    with clients.admitted(KEY), clients.admitted(KEY):
        with pytest.raises(Problem) as key_full, clients.admitted(KEY):
            pass
        with clients.admitted(other), pytest.raises(Problem) as copy_full, clients.admitted(other):
            pass
    assert (key_full.value.status_code, copy_full.value.status_code) == (429, 503)
    with clients.admitted(KEY):
        pass
