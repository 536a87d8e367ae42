"""The forms in which events are sent: one, an array, a line each, or in CloudEvents."""

from collections.abc import Mapping
from email.message import Message
from enum import Enum, auto
from functools import lru_cache

from shared.http.problems import Problem


class Form(Enum):
    JSON = auto()
    """One event or an array."""
    NDJSON = auto()
    CLOUDEVENT = auto()
    """Structured: the envelope is JSON, the event its `data`."""
    CLOUDEVENTS = auto()
    """A batch: an array of envelopes."""
    BINARY_CLOUDEVENT = auto()
    """The envelope is in the headers."""


FORMS = {
    "application/json": Form.JSON,
    "application/x-ndjson": Form.NDJSON,
    "application/cloudevents+json": Form.CLOUDEVENT,
    "application/cloudevents-batch+json": Form.CLOUDEVENTS,
}


def form_of(headers: Mapping[str, str]) -> Form:
    """:raises Problem: 415 says which forms are taken."""
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", ""):
        raise _unsupported("content-encoding", f"{encoding} is not taken: send the body as it is", "identity")
    media_type, charset = _media_type(headers.get("content-type", ""))
    form = FORMS.get(media_type)
    if form is None:
        raise _unsupported("content-type", f"must be one of {', '.join(FORMS)}")
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise _unsupported("content-type", f"charset {charset} is not taken: JSON is UTF-8")
    if form is Form.JSON and "ce-specversion" in headers:
        return Form.BINARY_CLOUDEVENT
    return form


@lru_cache(maxsize=64)
def _media_type(content_type: str) -> tuple[str, str]:
    parsed = Message()
    parsed["content-type"] = content_type
    return parsed.get_content_type(), parsed.get_content_charset("utf-8")


def _unsupported(header: str, message: str, accepted: str = "") -> Problem:
    return Problem(
        415,
        f"{header} {message}",
        errors=[{"loc": f"header.{header}", "message": message}],
        headers={"Accept-Encoding": accepted} if accepted else None,
    )
