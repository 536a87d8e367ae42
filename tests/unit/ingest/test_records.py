"""What stands on the broker: topic, key, partition and headers, by which everything downstream lives."""

import orjson
import pytest
from pydantic import TypeAdapter

from services.ingest.testing import NOW, Ingest
from shared.contracts.events import AnyEvent
from shared.kafka.record import Stamp
from shared.kafka.topics import partition_of
from tests.unit.ingest.events import GOOD, INVENTORY, NEWS, Json

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
READ = TypeAdapter[AnyEvent](AnyEvent)


@pytest.mark.parametrize("event", GOOD, ids=lambda event: event["kind"])
async def test_each_goes_where_it_is_read(ingest: Ingest, event: Json) -> None:
    event_id = (await ingest.post(event)).json()["results"][0]["event_id"]
    (record,) = ingest.producer.records
    assert record.key is not None
    match event["kind"]:
        case "news":
            assert (record.topic, record.key.decode()) == ("events.news", event_id)
            assert record.partition in range(8)
        case "list_change" | "measure_change" | "price" | "trade_flow":
            assert (record.topic, record.key.decode(), record.partition) == ("world", event_id, 0)
        case _:
            assert (record.topic, record.key, record.partition) == ("ledger", b"acme", partition_of("acme", 8))


@pytest.mark.parametrize("event", GOOD, ids=lambda event: event["kind"])
async def test_a_record_reads_as_what_was_posted(ingest: Ingest, event: Json) -> None:
    await ingest.post(event)
    (record,) = ingest.producer.records
    assert record.value is not None
    read = READ.validate_json(record.value)
    posted = READ.validate_json(orjson.dumps({"ref": event["act"], **event} if "issuer" in event else event))
    assert read == posted


async def test_every_record_is_stamped(ingest: Ingest) -> None:
    answer = await ingest.post([NEWS, INVENTORY], traceparent=TRACE)
    news, inventory = (Stamp.read(record.headers) for record in ingest.producer.records)
    assert news.event_id == answer.json()["results"][0]["event_id"]
    assert inventory.event_id == answer.json()["results"][1]["event_id"]
    assert (news.schema, inventory.schema) == ("news/1", "inventory/1")
    for stamp in (news, inventory):
        assert (stamp.accepted_at, stamp.traceparent, stamp.quiet) == (NOW, TRACE, False)
        assert stamp.received_at.year > 2025


@pytest.mark.parametrize(
    "header",
    [None, "", "garbage", TRACE.replace("4bf9", "XXXX"), "ff" + TRACE[2:], f"00-{'0' * 32}-00f067aa0ba902b7-01"],
)
async def test_without_a_valid_trace_one_begins_here(ingest: Ingest, header: str | None) -> None:
    await ingest.post(NEWS, **({} if header is None else {"traceparent": header}))
    trace = Stamp.read(ingest.producer.records[0].headers).traceparent
    assert trace is not None
    assert len(trace) == len(TRACE)
    assert trace != header
