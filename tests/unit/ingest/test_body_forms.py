"""The forms in which events may be sent, and what is said of bodies that are in none."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from services.ingest.testing import BEARER, NDJSON, Ingest, lines
from tests.unit.ingest.events import INVENTORY, NEWS, PRICE, Json, but

CLOUDEVENT = "application/cloudevents+json"
CLOUDEVENTS = "application/cloudevents-batch+json"


def envelope(data: object, **changes: object) -> Json:
    return but(
        {"specversion": "1.0", "id": "ce-7", "source": "/erp", "type": "chokepoint.event", "data": data}, **changes
    )


async def test_one_event(ingest: Ingest) -> None:
    assert (await ingest.post(NEWS)).json()["accepted"] == 1


async def test_an_array(ingest: Ingest) -> None:
    assert (await ingest.post([NEWS, INVENTORY, PRICE])).json()["accepted"] == 3


async def test_a_line_each(ingest: Ingest) -> None:
    body = b"\n\r\n" + lines(NEWS, INVENTORY) + b"\r\n  \n" + lines(PRICE)
    assert (await ingest.post(body, NDJSON)).json()["accepted"] == 3


async def test_a_bad_line_is_told_by_its_number_and_rejects_itself_alone(ingest: Ingest) -> None:
    body = lines(NEWS, b"", b'{"kind": "news",', but(NEWS, id="n-2", title=...), b"\xff", b"[1]", INVENTORY)
    answer = await ingest.post(body, NDJSON)
    assert (answer.status_code, answer.json()["accepted"]) == (202, 2)
    errors = [error for result in answer.json()["results"] for error in result.get("errors", ())]
    assert errors == [
        {"loc": "line.3", "message": "invalid JSON, column 17: unexpected end of data"},
        {"loc": "line.4.title", "message": "required"},
        {"loc": "line.5", "message": "invalid JSON, column 1: byte 0xff is no UTF-8"},
        {"loc": "line.6", "message": "an event is a JSON object"},
    ]


async def test_a_cloudevent_holds_the_event_as_its_data(ingest: Ingest) -> None:
    answer = await ingest.post(envelope(NEWS), CLOUDEVENT)
    assert answer.json()["results"][0]["id"] == "n-1"


async def test_the_id_of_a_cloudevent_stands_in_where_the_event_has_none(ingest: Ingest) -> None:
    answer = await ingest.post(envelope(but(NEWS, id=...)), CLOUDEVENT)
    assert answer.json()["results"][0]["id"] == "ce-7"
    assert ingest.written()[0]["id"] == "ce-7"


async def test_a_batch_of_cloudevents(ingest: Ingest) -> None:
    answer = await ingest.post([envelope(NEWS), envelope(but(PRICE, price=0)), envelope(INVENTORY)], CLOUDEVENTS)
    assert (answer.json()["accepted"], answer.json()["rejected"]) == (2, 1)
    assert answer.json()["results"][1]["errors"][0]["loc"] == "1.data.price"


async def test_a_binary_cloudevent_has_its_envelope_in_headers(ingest: Ingest) -> None:
    attributes = {"ce_specversion": "1.0", "ce_id": "caf%C3%A9", "ce_source": "/erp", "ce_type": "x"}
    answer = await ingest.post(but(NEWS, id=...), **attributes)
    assert answer.json()["results"][0]["id"] == "café"


async def test_data_may_be_base64(ingest: Ingest) -> None:
    data = base64.b64encode(orjson.dumps(NEWS)).decode()
    answer = await ingest.post(envelope(..., data_base64=data), CLOUDEVENT)
    assert answer.status_code == 202, answer.text


@pytest.mark.parametrize(
    ("wrong", "loc", "message"),
    [
        (envelope(NEWS, specversion="0.3"), "specversion", "must be 1.0"),
        (envelope(NEWS, id=...), "id", "required: a text that is not empty"),
        (envelope(NEWS, type=""), "type", "required: a text that is not empty"),
        (envelope(...), "data", "required: the event"),
        (envelope(NEWS, datacontenttype="text/xml"), "datacontenttype", "must be application/json"),
        (
            envelope(..., data_base64="%"),
            "data_base64",
            "must be the event's JSON in base64: Only base64 data is allowed",
        ),
        ([], "body", "a CloudEvent is a JSON object"),
        (envelope(but(NEWS, title=...)), "data.title", "required"),
    ],
)
async def test_what_a_cloudevent_lacks_is_named(ingest: Ingest, wrong: object, loc: str, message: str) -> None:
    answer = await ingest.post(wrong, CLOUDEVENT)
    assert (answer.status_code, answer.json()["errors"]) == (422, [{"loc": loc, "message": message}])


async def test_an_empty_batch_of_cloudevents_is_told_what_to_send(ingest: Ingest) -> None:
    answer = await ingest.post([], CLOUDEVENTS)
    message = "an empty array holds no event: send one at least"
    assert (answer.status_code, answer.json()["errors"]) == (422, [{"loc": "body", "message": message}])


async def test_what_a_binary_cloudevent_lacks_is_named_as_a_header(ingest: Ingest) -> None:
    answer = await ingest.post(NEWS, ce_specversion="1.0", ce_id="1", ce_source="/erp")
    assert answer.json()["errors"] == [{"loc": "ce-type", "message": "required: a text that is not empty"}]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "invalid JSON, column 1: there is nothing in it"),
        (b"  \n", "invalid JSON, column 1: there is nothing in it"),
        (
            b'{"kind": "news",\n "title": }',
            "invalid JSON, line 2 column 11: unexpected character, expected a JSON value",
        ),
        (b'{"price": NaN}', "invalid JSON, column 11: NaN and Infinity are no JSON: leave the field out"),
        (b'{"title": "\xff"}', "invalid JSON, column 12: byte 0xff is no UTF-8"),
        (b'{"title": "\\ud800"}', "invalid JSON, column 12: no low surrogate in string"),
        (b'{"a":' * 2_000 + b"1" + b"}" * 2_000, "invalid JSON, column 5122: depth limit exceeded"),
        (b'{"kind": "news"', "invalid JSON, column 16: unexpected end of data"),
        (b'{"kind": "news"} {}', "invalid JSON, column 18: unexpected content after document"),
        (b'[{"kind": "news"},]', "invalid JSON, column 18: trailing comma is not allowed"),
        (b"[]", "an empty array holds no event: send one at least"),
        (b"[" + b"{}," * 1_000 + b"{}]", "1,001 events in an array, 1,000 are taken: send application/x-ndjson"),
    ],
    ids=lambda value: str(value[:20]),
)
async def test_a_body_that_cannot_be_read_says_where(ingest: Ingest, body: bytes, message: str) -> None:
    answer = await ingest.post(body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["errors"] == [{"loc": "body", "message": message}]


@pytest.mark.parametrize("depth", [300, 900])
async def test_nesting_that_is_json_but_no_event_is_no_event(ingest: Ingest, depth: int) -> None:
    deep = b'{"a":' * depth + b"1" + b"}" * depth
    for body in (deep, b"[" + deep + b"]", b'{"kind":"news","source":' + deep + b"}"):
        answer = await ingest.post(body)
        assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("body", [b"", b"\n\n \n"])
async def test_a_stream_without_lines_is_told_what_to_send(ingest: Ingest, body: bytes) -> None:
    answer = await ingest.post(body, NDJSON)
    message = "no line holds an event: send one JSON object a line"
    assert (answer.status_code, answer.json()["detail"]) == (422, message)
    assert answer.json()["errors"] == [{"loc": "body", "message": message}]


@pytest.mark.parametrize(
    ("headers", "loc"),
    [
        ({"content-type": "text/plain"}, "header.content-type"),
        ({}, "header.content-type"),
        ({"content-type": "application/json; charset=utf-16"}, "header.content-type"),
        ({"content-type": "application/json", "content-encoding": "gzip"}, "header.content-encoding"),
    ],
)
async def test_other_types_charsets_and_encodings_are_415(ingest: Ingest, headers: dict[str, str], loc: str) -> None:
    answer = await ingest.ask("POST", "/v1/events", content=orjson.dumps(NEWS), headers=BEARER | headers)
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (415, loc)


async def test_json_may_say_its_charset(ingest: Ingest) -> None:
    assert (await ingest.post(NEWS, "application/json; charset=UTF-8")).status_code == 202


async def parts(*given: bytes) -> AsyncIterator[bytes]:
    for part in given:
        yield part


async def test_a_declared_length_beyond_the_limit_is_413_and_nothing_is_written() -> None:
    ingest = Ingest(largest_body=1_000)
    answer = await ingest.post(lines(*[NEWS] * 20), NDJSON)
    assert (answer.status_code, "results" in answer.json()) == (413, False)
    assert ingest.written() == []


async def test_a_chunked_body_beyond_the_limit_is_413_with_the_results_so_far() -> None:
    ingest = Ingest(largest_body=150_000)
    whole: list[bytes] = [lines(but(NEWS, id=f"n-{number}")) + b"\n" for number in range(3_000)]
    answer = await ingest.ask("POST", "/v1/events", content=parts(*whole), headers=BEARER | {"content-type": NDJSON})
    body: Any = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    assert body["accepted"] == len(body["results"]) == len(ingest.written())
    assert 900 < body["accepted"] < 1_000
    again = await ingest.post(lines(*whole[:100]), NDJSON)
    assert again.json()["duplicates"] == 100


async def test_lines_may_come_in_any_pieces(ingest: Ingest) -> None:
    text = lines(*[but(NEWS, id=f"n-{number}", body="稀土") for number in range(50)])
    pieces = [text[start : start + 7] for start in range(0, len(text), 7)]
    answer = await ingest.ask("POST", "/v1/events", content=parts(*pieces), headers=BEARER | {"content-type": NDJSON})
    assert answer.json()["accepted"] == 50


async def test_a_line_that_is_longer_than_any_event_rejects_itself_alone(ingest: Ingest) -> None:
    endless = b'{"kind": "news", "title": "' + b"x" * 3_000_000
    answer = await ingest.post(lines(NEWS, endless, INVENTORY), NDJSON)
    assert answer.json()["accepted"] == 2
    assert answer.json()["results"][1]["errors"] == [{"loc": "line.2", "message": "longer than 2,097,152 bytes"}]


async def test_more_lines_than_anyone_needs_are_413(ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.ingest.body.MOST_LINES", 1_000)
    answer = await ingest.post(b"1\n" * 1_600, NDJSON)
    assert (answer.status_code, len(answer.json()["results"])) == (413, 1_000)


async def test_a_get_is_405(ingest: Ingest) -> None:
    answer = await ingest.ask("GET", "/v1/events", headers=BEARER)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_an_error_of_ours_is_a_500_that_says_nothing_of_its_inside(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("hunter2")

    monkeypatch.setattr("services.ingest.door.check", broken)
    answer = await ingest.post(NEWS)
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "hunter2" not in answer.text
