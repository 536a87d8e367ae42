"""CloudEvents 1.0 around our events: `data` is the event; the envelope's id is the event's where it has none."""

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import unquote

from shared.http.json_text import InvalidJson, parse
from shared.http.problems import FieldError

REQUIRED = ("specversion", "id", "source", "type")
HEADER = "ce-"


class NoCloudEvent(Exception):
    def __init__(self, loc: str, message: str) -> None:
        super().__init__(message)
        self.error: FieldError = {"loc": loc, "message": message}


def from_envelope(envelope: object) -> object:
    """The event in a structured CloudEvent.

    :raises NoCloudEvent: names the attribute that is missing or wrong.
    """
    if not isinstance(envelope, dict):
        raise NoCloudEvent("", "a CloudEvent is a JSON object")
    _check(envelope, "")
    content_type = str(envelope.get("datacontenttype") or "application/json")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise NoCloudEvent("datacontenttype", "must be application/json")
    if "data" in envelope:
        return with_id(envelope["data"], envelope["id"])
    if "data_base64" in envelope:
        return with_id(_decoded(envelope["data_base64"]), envelope["id"])
    raise NoCloudEvent("data", "required: the event")


def from_headers(headers: Mapping[str, str], data: object) -> object:
    """The event of a binary CloudEvent: attributes in `ce-` headers, percent-encoded where they must be."""
    attributes = {name: unquote(headers[HEADER + name]) for name in REQUIRED if HEADER + name in headers}
    _check(attributes, HEADER)
    return with_id(data, attributes["id"])


def _check(attributes: Mapping[str, object], prefix: str) -> None:
    for name in REQUIRED:
        value = attributes.get(name)
        if not isinstance(value, str) or not value:
            raise NoCloudEvent(prefix + name, "required: a text that is not empty")
    if attributes["specversion"] != "1.0":
        raise NoCloudEvent(f"{prefix}specversion", "must be 1.0")


def with_id(event: object, envelope_id: object) -> object:
    if isinstance(event, dict) and event.get("id") is None:
        return {**event, "id": envelope_id}
    return event


def _decoded(data: object) -> object:
    try:
        return parse(base64.b64decode(str(data), validate=True))
    except (binascii.Error, InvalidJson) as error:
        raise NoCloudEvent("data_base64", f"must be the event's JSON in base64: {error}") from None
