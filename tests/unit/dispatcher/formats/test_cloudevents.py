"""CloudEvents 1.0.2, JSON event format, structured mode: the rules of the specification, checked one by one."""

import re
from datetime import datetime

import orjson
import pytest

from services.dispatcher.formats.formatted import formatted
from tests.unit.dispatcher.formats.letters import PAYLOADS, PUBLIC, letter

URI_REFERENCE = re.compile(r"(https://|urn:)[!-~]+")


def faults(event: dict[str, object]) -> list[str]:
    """Section 3.1: required attributes are non-empty strings; 3: names are lower-case letters and digits; 2.1 of the
    JSON format: a value is a string, a number or a boolean, and `data` any JSON."""
    found = [f"{name} is missing" for name in ("specversion", "id", "source", "type") if not event.get(name)]
    attributes = {name: value for name, value in event.items() if name != "data"}
    found += [f"{name}: no name" for name in attributes if not re.fullmatch(r"[a-z0-9]{1,20}", name)]
    found += [f"{name}: no value" for name, value in attributes.items() if not isinstance(value, str) or not value]
    return found


@pytest.mark.parametrize("public_url", [PUBLIC, None])
@pytest.mark.parametrize("kind", PAYLOADS)
def test_every_message_is_a_cloud_event(kind: str, public_url: str | None) -> None:
    sent = letter(PAYLOADS[kind])
    made = formatted(sent, "cloudevents", public_url)
    event = orjson.loads(made.body)
    assert made.content_type == "application/cloudevents+json"
    assert faults(event) == []
    assert event["specversion"] == "1.0"
    assert event["id"] == sent.message_id
    assert event["type"] == f"chokepoint.{kind}"
    assert URI_REFERENCE.fullmatch(event["source"])
    assert datetime.fromisoformat(event["time"]).tzinfo
    assert event["datacontenttype"] == "application/json"
    assert event["data"] == PAYLOADS[kind]["data"]


def test_routers_find_what_they_route_by_beside_the_data() -> None:
    traced = letter(PAYLOADS["alert.opened"], traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    event = orjson.loads(formatted(traced, "cloudevents", None).body)
    assert event["subject"] == PAYLOADS["alert.opened"]["data"]["id"]
    assert (event["partitionkey"], event["severity"], event["schemaversion"]) == ("sample-motors", traced.severity, "1")
    assert event["traceparent"] == traced.traceparent


def test_what_is_absent_is_left_out() -> None:
    event = orjson.loads(formatted(letter(PAYLOADS["measure.changed"]), "cloudevents", None).body)
    assert event["subject"] == "CN-1"
    assert "partitionkey" not in event


def test_the_checks_find_what_is_wrong() -> None:
    assert faults({"id": "", "Source": None, "specversion": "1.0", "type": "t"}) != []
