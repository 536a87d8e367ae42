"""CloudEvents 1.0.2, JSON event format, structured mode: the project's own SDK reads it, and what that lets pass is
checked by the specification."""

import re
from datetime import datetime

import orjson
import pytest
from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.exceptions import CloudEventValidationError

from services.dispatcher.formats.formatted import Formatted, formatted
from tests.unit.dispatcher.formats.letters import PAYLOADS, PUBLIC, letter

URI_REFERENCE = re.compile(r"(https://|urn:)[!-~]+")


def read(made: Formatted) -> BaseCloudEvent:
    """:raises CloudEventValidationError: a required attribute is missing, or one is not as the specification has it."""
    return from_structured_event(HTTPMessage({"content-type": made.content_type}, made.body))


def faults(event: dict[str, object]) -> list[str]:
    """Section 3: names are lower-case letters and digits, and should have at most 20; of the values that the JSON
    format allows we send texts alone, and no empty one."""
    attributes = {name: value for name, value in event.items() if name != "data"}
    found = [f"{name}: no name" for name in attributes if not re.fullmatch(r"[a-z0-9]{1,20}", name)]
    return found + [
        f"{name}: no value" for name, value in attributes.items() if not isinstance(value, str) or not value
    ]


@pytest.mark.parametrize("public_url", [PUBLIC, None])
@pytest.mark.parametrize("kind", PAYLOADS)
def test_every_message_is_a_cloud_event(kind: str, public_url: str | None) -> None:
    sent = letter(PAYLOADS[kind])
    made = formatted(sent, "cloudevents", public_url)
    event = orjson.loads(made.body)
    assert made.content_type == "application/cloudevents+json"
    assert read(made).get_data() == PAYLOADS[kind]["data"]
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
    with pytest.raises(CloudEventValidationError):
        read(Formatted(b'{"id": "", "specversion": "1.0", "type": "t"}', "application/cloudevents+json"))
    assert faults({"Source": "s", "subject": None}) == ["Source: no name", "subject: no value"]
