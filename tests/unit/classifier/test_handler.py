"""The handler without Kafka: records in, outputs out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from services.classifier.handler import ClassifierHandler
from services.classifier.metrics import count
from shared.contracts.base import to_json
from shared.contracts.events import News
from shared.contracts.signals import Dropped, Judgement
from shared.domain.judgement.judge import judge as sound_judge
from shared.domain.judgement.reader import Reader, light_reader
from shared.errors import ChokepointError
from shared.kafka.record import Headers, Outgoing, Stamp, TopicPartition
from shared.metrics import CLASSIFY_SECONDS, EVENTS_CLASSIFIED, SIGNAL_CONFIDENCE, SIGNALS_DROPPED
from tests.unit.judgement.texts import news

TP = TopicPartition("events.news", 3)
ACCEPTED = datetime(2026, 3, 10, 13, tzinfo=UTC)
RECEIVED = datetime(2026, 3, 11, tzinfo=UTC)
STAMP = Stamp("e1", ACCEPTED, RECEIVED, "news/1", traceparent="00-a-b-01", quiet=True)
CONTROL = news(
    "China imposes export controls on gallium", "From 1 August exporters must obtain a licence, the ministry said."
)
FOOTBALL = news("Arsenal beat Chelsea", "Two goals decided the match.")


@dataclass(frozen=True, slots=True)
class Record:
    value: bytes | None
    headers: Headers
    key: bytes | None = b"e1"
    topic: str = "events.news"
    partition: int = 3
    offset: int = 7


def of(text: News, stamp: Stamp = STAMP) -> Record:
    return Record(to_json(text), stamp.headers(), stamp.event_id.encode())


async def outputs(*records: Record) -> Sequence[Outgoing]:
    return await ClassifierHandler(light_reader()).handle(TP, records)


async def test_a_judgement_goes_to_the_one_partition_of_the_world() -> None:
    (written,) = await outputs(of(CONTROL))
    assert (written.topic, written.partition, written.key) == ("world", 0, b"e1")
    judgement = Judgement.model_validate_json(written.value or b"")
    assert judgement.signals[0].event_id == "e1"
    assert judgement.published_at == CONTROL.published_at


async def test_the_stamp_goes_on_under_the_schema_of_a_judgement() -> None:
    (written,) = await outputs(of(CONTROL))
    stamp = Stamp.read(written.headers)
    assert (stamp.event_id, stamp.accepted_at, stamp.received_at) == ("e1", ACCEPTED, RECEIVED)
    assert (stamp.schema, stamp.traceparent, stamp.quiet) == ("judgement/1", "00-a-b-01", True)


async def test_an_irrelevant_text_is_counted_and_leaves_no_record() -> None:
    counter = EVENTS_CLASSIFIED.labels(type="none", asserted="none")
    before = counter._value.get()
    assert await outputs(of(FOOTBALL)) == []
    assert counter._value.get() == before + 1


async def test_signals_are_counted_by_type_and_modality() -> None:
    counter = EVENTS_CLASSIFIED.labels(type="control_imposed", asserted="asserted")
    texts, signals, sure = CLASSIFY_SECONDS._sum.get(), counter._value.get(), SIGNAL_CONFIDENCE._sum.get()
    await outputs(of(CONTROL))
    assert counter._value.get() == signals + 1
    assert CLASSIFY_SECONDS._sum.get() > texts
    assert SIGNAL_CONFIDENCE._sum.get() - sure > 0


def test_readings_that_were_not_kept_are_counted_by_type() -> None:
    counter = SIGNALS_DROPPED.labels(type="tariff_change")
    before = counter._value.get()
    judgement = sound_judge(CONTROL, "e1")
    dropped = Dropped(type="tariff_change", reason="another type is likelier")
    count(judgement.model_copy(update={"signals": (), "dropped": (dropped, dropped)}), 0.001)
    assert counter._value.get() == before + 2


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", b"Invalid JSON"),
        (None, b"Invalid JSON"),
        (b'{"kind":"news","title":""}', b"published_at: Field required"),
        (to_json(CONTROL)[:-1] + b',"colour":"red"}', b"colour: Extra inputs"),
        (b"\xff\xfe", b"Invalid JSON"),
    ],
)
async def test_what_is_no_news_goes_aside_with_its_bytes_and_the_reason(value: bytes | None, reason: bytes) -> None:
    record = Record(value, STAMP.headers())
    (aside,) = await outputs(record)
    assert (aside.topic, aside.partition) == ("events.news.dlq", 0)
    assert (aside.key, aside.value) == (record.key, value)
    headers = dict(aside.headers)
    assert reason in headers["dlq.reason"]
    assert (headers["dlq.stage"], headers["dlq.source"]) == (b"decode", b"events.news/3/7")


async def test_the_text_of_a_broken_record_is_not_in_the_reason() -> None:
    (aside,) = await outputs(Record(b'{"kind":"news","title":7,"body":"confidential"}', STAMP.headers()))
    assert b"confidential" not in dict(aside.headers)["dlq.reason"]


async def test_without_its_stamp_a_record_goes_aside() -> None:
    (aside,) = await outputs(Record(to_json(CONTROL), ()))
    assert dict(aside.headers)["dlq.stage"] == b"headers" or b"headers" in dict(aside.headers)["dlq.reason"]


async def test_the_order_of_a_batch_is_kept() -> None:
    stamps = [Stamp(f"e{number}", ACCEPTED, RECEIVED, "news/1") for number in range(30)]
    written = await outputs(*(of(CONTROL, stamp) for stamp in stamps))
    assert [output.key for output in written] == [stamp.event_id.encode() for stamp in stamps]


async def test_a_text_at_which_the_judgement_fails_goes_aside_and_the_next_is_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def judge(text: News, event_id: str, reader: Reader) -> Judgement:
        if event_id == "odd":
            raise ZeroDivisionError
        return sound_judge(text, event_id)

    monkeypatch.setattr("services.classifier.handler.judge", judge)
    odd = Stamp("odd", ACCEPTED, RECEIVED, "news/1")
    aside, written = await outputs(of(CONTROL, odd), of(CONTROL))
    assert dict(aside.headers)["dlq.stage"] == b"judge"
    assert (written.topic, written.key) == ("world", b"e1")


async def test_without_its_model_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def judge(*_: object) -> Judgement:
        raise ChokepointError("light_model.npz is gone")

    monkeypatch.setattr("services.classifier.handler.judge", judge)
    with pytest.raises(ChokepointError, match="is gone"):
        await outputs(of(CONTROL))
