"""The long way in: what is not yet in the catalogue's spelling is mended, or all that is wrong with it is told."""

from typing import cast

import orjson
from pydantic import ValidationError

from shared.contracts.events import AnyEvent, Event
from shared.events.kinds import KINDS, MODELS
from shared.events.spelling import Fields, spell
from shared.http.problems import FieldError, field_errors

LARGEST_EVENT = 900_000
"""Bytes; a broker takes records of a million."""


def read_event(raw: object) -> tuple[AnyEvent | None, list[FieldError]]:
    """The event in the catalogue's spelling and of the right shape, or what is wrong with it; whether it may be said
    is for the rules."""
    if not isinstance(raw, dict):
        return None, [{"loc": "", "message": "an event is a JSON object"}]
    fields = cast("Fields", raw)
    kind = fields.get("kind")
    if not isinstance(kind, str) or (model := MODELS.get(kind)) is None:
        return None, [{"loc": "kind", "message": f"{_no_kind(kind)}: one of {', '.join(KINDS)}"}]
    errors = spell(fields, kind)
    event, misshapen = _shaped(model, fields)
    if errors and misshapen:
        known = {error["loc"] for error in errors}
        misshapen = [error for error in misshapen if error["loc"] not in known]
    errors += misshapen
    return None if errors else event, errors


def _shaped(model: type[Event], fields: Fields) -> tuple[AnyEvent | None, list[FieldError]]:
    # strict as only JSON can be: no number out of text, yet a day out of text
    try:
        text = orjson.dumps(fields)
    except orjson.JSONEncodeError:
        return None, [{"loc": "", "message": "nested too deeply"}]
    if len(text) > LARGEST_EVENT:
        return None, [{"loc": "", "message": f"larger than {LARGEST_EVENT:,} bytes"}]
    try:
        event = cast("AnyEvent", model.__pydantic_validator__.validate_json(text, strict=True))
    except ValidationError as invalid:
        return None, field_errors(invalid.errors(include_url=False, include_input=False))
    return event, _unstorable(fields) if b"\\u0000" in text else []


def _unstorable(value: object, *place: object) -> list[FieldError]:
    """No database keeps a text with U+0000 in it."""
    if isinstance(value, str) and "\0" in value:
        return field_errors([{"type": "nul", "loc": place, "msg": "must not contain the character U+0000"}])
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [error for step, part in inner for error in _unstorable(part, *place, step)]


def _no_kind(kind: object) -> str:
    return "required" if kind is None else f"unknown kind {kind[:60]!r}" if isinstance(kind, str) else "must be a text"
