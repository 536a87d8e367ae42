"""A body taken apart: whatever its form, it becomes the same sequence of events, each with its place."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import orjson
from starlette.types import Receive

from services.ingest.body_forms import Form
from services.ingest.cloudevents import NoCloudEvent, from_envelope, from_headers
from shared.http.body import chunks, read_whole
from shared.http.json_text import InvalidJson, parse
from shared.http.lines import LONGEST_LINE, Line, batches_of_lines
from shared.http.problems import FieldError, Problem, dotted

MOST_IN_AN_ARRAY = 1_000
MOST_LINES = 100_000


class Sent(NamedTuple):
    """The text of one event, or why there is none; `where` it stood in the body."""

    where: tuple[object, ...]
    text: bytes = b""
    error: FieldError | None = None
    id: str | None = None
    """The envelope's, where it is the envelope that is wrong."""


@dataclass(frozen=True, slots=True)
class Body:
    form: Form
    headers: Mapping[str, str]
    receive: Receive
    limit: int

    async def batches(self) -> AsyncIterator[list[Sent]]:
        """:raises Problem: what concerns the body as a whole; ClientGone."""
        if self.form is Form.NDJSON:
            async for batch in self._lines():
                yield batch
            return
        text = await read_whole(self.receive, self.limit)
        if self.form is Form.JSON and not text.lstrip().startswith(b"["):
            yield [Sent((), text)]
        else:
            yield self._opened(_parsed(text))

    async def _lines(self) -> AsyncIterator[list[Sent]]:
        lines: list[Line] = []
        async for lines in batches_of_lines(chunks(self.receive, self.limit)):
            if lines[-1][0] > MOST_LINES:
                raise Problem(413, f"more than {MOST_LINES:,} lines: send less at a time")
            yield [_from_line(line) for line in lines]
        if not lines:
            raise _whole_body("no line holds an event: send one JSON object a line")

    def _opened(self, value: object) -> list[Sent]:
        match self.form:
            case Form.CLOUDEVENT:
                return [_unwrapped((), value, from_envelope)]
            case Form.CLOUDEVENTS:
                return [_unwrapped((number,), one, from_envelope) for number, one in enumerate(_array(value))]
            case Form.BINARY_CLOUDEVENT:
                return [_unwrapped((), value, lambda data: from_headers(self.headers, data))]
            case _:
                return [Sent((number,), _text(one)) for number, one in enumerate(_array(value))]


def _from_line(line: Line) -> Sent:
    number, text = line
    if text is None:
        return Sent(("line", number), error={"loc": "", "message": f"longer than {LONGEST_LINE:,} bytes"})
    return Sent(("line", number), text)


def _unwrapped(where: tuple[object, ...], envelope: object, event_of: Callable[[object], object]) -> Sent:
    try:
        event = event_of(envelope)
    except NoCloudEvent as wrong:
        given = envelope.get("id") if isinstance(envelope, dict) else None
        return Sent(where, error=wrong.error, id=given if isinstance(given, str) else None)
    return Sent((*where, "data") if event_of is from_envelope else where, _text(event))


def _parsed(text: bytes) -> object:
    try:
        return parse(text)
    except InvalidJson as invalid:
        raise _whole_body(str(invalid)) from None


def _text(value: object) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:  # nested deeper than is written: nor is it read
        return b"[" * 2_000


def _array(value: object) -> list[object]:
    if not isinstance(value, list):
        raise _whole_body("must be a JSON array")
    if not value:
        raise _whole_body("an empty array holds no event: send one at least")
    if len(value) > MOST_IN_AN_ARRAY:
        raise _whole_body(
            f"{len(value):,} events in an array, {MOST_IN_AN_ARRAY:,} are taken: send application/x-ndjson"
        )
    return value


def _whole_body(message: str) -> Problem:
    return Problem(422, message, errors=[{"loc": "body", "message": message}])


def located(sent: Sent, errors: list[FieldError]) -> list[FieldError]:
    """Places within the event become places within the body: `3.material`, `line.17.material`."""
    return [
        {"loc": dotted(*sent.where, error["loc"]).rstrip(".") or "body", "message": error["message"]}
        for error in errors
    ]
