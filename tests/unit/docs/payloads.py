"""`python -m tests.unit.docs.payloads` writes docs/payloads: the body of every type of message, as the code makes it.

A receiver is written once and runs for years: within one `schema_version` a body may gain fields and never lose one."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson

from services.dispatcher.commands import test_letter
from services.dispatcher.disabling import disabled_letter
from services.dispatcher.heartbeats import heartbeat
from services.scorer.testing import MONDAY, Ledger, bought, measure, signal
from shared.contracts.alerts import SCHEMA_VERSION
from shared.contracts.deliveries import SendTest
from shared.kafka.record import Outgoing, Stamp
from shared.kafka.topics import ALERTS
from tests.fixtures.markdown import ROOT
from tests.unit.dispatcher.making import Record, letter, receiver

PAYLOADS = ROOT / "docs/payloads" / SCHEMA_VERSION
Json = dict[str, Any]


def pinned() -> dict[str, Json]:
    return {file.stem: orjson.loads(file.read_bytes()) for file in sorted(PAYLOADS.glob("*.json"))}


def made() -> dict[str, Json]:
    """Of each type the body that says most."""
    fullest: dict[str, Json] = {}
    for body in (*_told(), _tested(), _heartbeat(), _disabled()):
        if len(shape(body)) > len(shape(fullest.get(body["type"], {}))):
            fullest[body["type"]] = body
    return fullest


def shape(value: object, path: str = "") -> frozenset[tuple[str, str]]:
    """Every field by its path, with the JSON type of its value; of a list, what its items have."""
    return frozenset({(path, _json_type(value))}).union(*(shape(one, inner) for inner, one in _within(value, path)))


def _within(value: object, path: str) -> Iterator[tuple[str, object]]:
    match value:
        case dict():
            yield from ((f"{path}.{name}" if path else name, one) for name, one in value.items())
        case list():
            yield from ((f"{path}[]", one) for one in value)


def _json_type(value: object) -> str:
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case None:
            return "null"
        case list():
            return "array"
        case _:
            return "object"


def _told() -> Iterator[Json]:
    """A motor maker hears of a control, of news, of the days that are left, and of its end."""
    ledger = Ledger(partition=0)
    ledger.customer("sample-motors", bought(cover=45, suppliers=["Kratos"]), bought("gallium"))
    ledger.act(measure(), title="Licence requirement for terbium metal and alloys")
    ledger.news(signal(url="https://example.org/terbium"))
    ledger.stock("sample-motors", 30)
    ledger.after(days=2).tick()
    ledger.act(measure(state="suspended"), previous="in_force")
    ledger.step(measure(state="suspended"), 7, date(2026, 3, 11))
    ledger.act(measure(state="lifted"), previous="suspended")
    yield from _bodies(ledger.outputs)


def _bodies(outputs: Sequence[Outgoing]) -> Iterator[Json]:
    for output in outputs:
        if output.topic == ALERTS:
            yield orjson.loads(output.value or b"")["body"]


def _tested() -> Json:
    command = SendTest(id="test", endpoint_id="ep_sample", customer_id="sample-motors", at=MONDAY)
    record = Record(b"", headers=Stamp("test", MONDAY, MONDAY, "test/1").headers())
    body: Json = orjson.loads(test_letter(command, record).body)
    return body


def _heartbeat() -> Json:
    endpoint = receiver("ep_sample", customer_id="sample-motors", heartbeat=24)
    body: Json = orjson.loads(heartbeat(endpoint, 0, MONDAY - timedelta(days=1), timedelta(days=1), MONDAY).body)
    return body


def _disabled() -> Json:
    reason = "the receiver answered 410 Gone"
    endpoint = receiver("ep_sample", customer_id="sample-motors")
    body: Json = orjson.loads(disabled_letter(endpoint, reason, MONDAY, letter(), MONDAY).body)
    return body


def write(folder: Path) -> None:
    """:raises SystemExit: something would be gone: that is a new `schema_version`, not another sample."""
    lost = {name: gone for name, body in pinned().items() if (gone := shape(body) - shape(made().get(name)))}
    if lost:
        raise SystemExit(f"receivers rely on what is gone: {lost}")
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in made().items():
        (folder / f"{name}.json").write_bytes(
            orjson.dumps(body, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        )


if __name__ == "__main__":
    write(PAYLOADS)
