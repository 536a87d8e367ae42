"""The live stream, before it is a stream: where it reads, what a record becomes, and who sees it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import orjson
import pytest
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncEngine

from services.control.stream.places import event_id, lost, places, resumed
from services.control.stream.telling import Told, told
from services.control.stream.visible import visible
from services.scorer.testing import signal
from shared.contracts.alerts import Body, Message
from shared.contracts.base import to_json
from shared.contracts.deliveries import Attempt
from shared.contracts.keys import KeyRecord
from shared.http.problems import Problem
from shared.kafka.record import Incoming, TopicPartition
from shared.kafka.topics import ALERTS, DELIVERIES, RISK_SCORES, SIGNALS, partition_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Record:
    topic: str
    value: bytes | None
    key: bytes | None = b"acme"
    partition: int = 0
    offset: int = 0
    headers: tuple[tuple[str, bytes], ...] = ()


def of(topic: str, model: BaseModel) -> Incoming:
    return Record(topic, to_json(model))


def message(customer_id: str | None) -> Message:
    body = Body(type="endpoint.test", timestamp=NOON, data={"about": customer_id})
    return Message(message_id="m", number=1, customer_id=customer_id, body=body)


def attempt(customer_id: str, endpoint_id: str) -> Attempt:
    return Attempt(
        delivery_id="d",
        message_id="m",
        endpoint_id=endpoint_id,
        customer_id=customer_id,
        type="alert.opened",
        attempt=1,
        at=NOON,
        latency_ms=3,
        status=200,
        response_head="Set-Cookie: session=1",
        state="delivered",
    )


def test_of_one_customer_one_partition_of_each_topic_is_read() -> None:
    assert len(places(None, 8)) == 1 + 3 * 8
    own = places("acme", 8)
    assert {place.partition for place in own if place.topic != SIGNALS} == {partition_of("acme", 8)}
    assert sorted(place.topic for place in own) == [ALERTS, DELIVERIES, RISK_SCORES, SIGNALS]


def test_an_id_says_how_far_everything_was_read() -> None:
    where = {place: number for number, place in enumerate(places("acme", 8))}
    assert resumed(event_id(where), places("acme", 8)) == where


@pytest.mark.parametrize("other", ["", "1.2.3", "1.2.3.x", "1.2.3.-4", "1.2.3.99999999999999999999"])
def test_an_id_of_another_stream_is_refused(other: str) -> None:
    with pytest.raises(Problem) as refused:
        resumed(other, places("acme", 8))
    assert (refused.value.status_code, refused.value.errors[0]["loc"]) == (422, "header.last-event-id")


def test_what_is_not_kept_any_more_is_a_gap_and_so_is_another_log() -> None:
    kept, gone, other = (TopicPartition(ALERTS, number) for number in range(3))
    assert lost(
        {kept: 5, gone: 4, other: 11}, dict.fromkeys((kept, gone, other), 5), {kept: 5, gone: 9, other: 10}
    ) == [
        gone,
        other,
    ]


def test_a_record_becomes_the_json_that_the_lists_have() -> None:
    alert = told(of(ALERTS, message("acme")))
    assert alert == Told("alert", to_json(message("acme").body).decode(), "acme")
    heard = signal()
    assert told(of(SIGNALS, heard)) == Told("signal", to_json(heard).decode())


def test_an_exposure_that_is_none_any_more_has_no_score() -> None:
    gone = told(Record(RISK_SCORES, None, key=b"acme/terbium"))
    assert gone
    assert (gone.event, gone.customer_id) == ("score", "acme")
    assert orjson.loads(gone.data) == {"customer_id": "acme", "material": "terbium", "score": None}


def test_what_a_receiver_answered_is_not_for_every_key() -> None:
    delivery = told(of(DELIVERIES, attempt("acme", "own")))
    assert delivery
    assert (delivery.event, delivery.endpoint_id) == ("delivery", "own")
    assert orjson.loads(delivery.data)["status"] == 200
    assert "session" not in delivery.data


def test_what_cannot_be_understood_is_left_to_the_projections() -> None:
    assert [told(Record(topic, b"{")) for topic in (SIGNALS, ALERTS, DELIVERIES, RISK_SCORES)] == [None] * 4


@dataclass(frozen=True)
class Endpoints:
    """Those that are acme's."""

    own: Sequence[str] = ("own",)

    @asynccontextmanager
    async def connect(self) -> AsyncIterator["Endpoints"]:
        yield self

    async def scalars(self, _: object) -> Any:
        return SimpleNamespace(all=lambda: self.own)


BATCH = (
    of(SIGNALS, signal()),
    of(ALERTS, message("acme")),
    of(ALERTS, message("other")),
    of(ALERTS, message(None)),
    of(DELIVERIES, attempt("acme", "own")),
    of(DELIVERIES, attempt("acme", "the-operators")),
    of(DELIVERIES, attempt("other", "others")),
    Record(RISK_SCORES, None, key=b"acme/terbium"),
    Record(RISK_SCORES, None, key=b"acme.too/terbium"),
)


async def seen_by(customer_id: str | None) -> list[int]:
    key = KeyRecord(id="k", name="k", sha256="", scopes=("alerts:read",), customer_id=customer_id)
    shown = await visible(cast("AsyncEngine", Endpoints()), key, [told(record) for record in BATCH])
    return [number for number, one in enumerate(shown) if one]


async def test_a_bound_key_sees_its_customer_and_its_endpoints_only() -> None:
    assert await seen_by("acme") == [0, 1, 4, 7]
    assert await seen_by(None) == [*range(len(BATCH))]
