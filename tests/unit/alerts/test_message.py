"""The bytes of a message are those of the contract's models, and a body stays under 20 kB."""

from typing import Any

import orjson
import pytest
from pydantic import TypeAdapter

from services.scorer.testing import Ledger, bought, listing, measure, signal
from shared.contracts.alerts import AlertData, Message
from shared.contracts.base import to_json
from shared.contracts.signals import Evidence
from shared.kafka.topics import ALERTS


def every_kind(partition: int) -> Ledger:
    ledger = Ledger(partition=partition)
    ledger.customer("acme", bought(cover=20, suppliers=["Kratos"]), bought("gallium"))
    ledger.act(measure(), title="something")
    ledger.act(listing("CN-21", ("Kratos", "listed")))
    ledger.news(signal(url="https://example.org/a"))
    ledger.decision("acme", "L-1", "denied", material=None)
    ledger.stock("acme", 1)
    ledger.after(days=2).tick()
    ledger.act(measure(state="lifted"), previous="in_force")
    return ledger


@pytest.mark.parametrize("partition", [0, 1])
def test_every_message_is_spelled_as_its_model_spells_it(partition: int) -> None:
    values = [output.value or b"" for output in every_kind(partition).outputs if output.topic == ALERTS]
    assert len(values) > 8
    for value in values:
        assert value == to_json(Message.model_validate_json(value))
        message = orjson.loads(value)
        if message.get("customer_id"):
            assert isinstance(Message.model_validate_json(value).body.data, AlertData)


def test_a_body_stays_under_its_limit_and_says_what_it_left_out() -> None:
    ledger = Ledger()
    ledger.customer("acme", bought())
    quote = "稀土" * 400
    found = [Evidence(start=0, end=len(quote), text=quote, field="body") for _ in range(9)]
    [message] = ledger.news(signal(url="https://example.org/" + "x" * 1_900, evidence=found))
    data = message["data"]
    assert len(orjson.dumps(message["body"])) < 20_000
    assert 0 < len(data["evidence"]) <= 5
    assert len(data["evidence"]) + data["evidence_more"] == 9
    assert data["links"] == {"alert": f"/v1/alerts/{data['id']}", "explain": f"/v1/alerts/{data['id']}/explain"}


def test_ids_follow_from_what_they_name() -> None:
    one, other = every_kind(1), every_kind(1)
    assert [m["message_id"] for m in one.messages] == [m["message_id"] for m in other.messages]
    assert len({m["message_id"] for m in one.messages}) == len(one.messages)
    by_alert: dict[str, list[Any]] = {}
    for message in one.messages:
        by_alert.setdefault(message["alert_id"], []).append(message["data"]["revision"])
    assert all(revisions == list(range(1, len(revisions) + 1)) for revisions in by_alert.values())


def test_every_field_of_the_data_is_of_the_contract() -> None:
    fields = set(TypeAdapter(AlertData).json_schema()["properties"])
    for message in every_kind(1).messages:
        assert set(message["data"]) <= fields
