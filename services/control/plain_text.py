"""Text that people send is stored, searched and shown: it holds no control characters. PostgreSQL takes no U+0000 at
all, and in a terminal or a log the others do more than they show."""

import re
from collections import deque
from collections.abc import Iterator

from fastapi import Request
from pydantic import JsonValue

from shared.http.problems import FieldError, dotted, invalid

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_IN_PROSE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
PROSE = {"comment", "reason"}
"""What may have lines."""
NEWS = {("body", "event", "title"), ("body", "event", "body")}
"""Of an event that is only supposed, and nowhere stored: whatever could be posted."""


async def plain_text(request: Request) -> None:
    """A dependency of every route.

    :raises Problem: 422, with every fault.
    """
    if not await request.body():
        return
    try:
        body = await request.json()
    except ValueError:
        return  # whoever reads it says so
    if faults := list(control_characters(body, "body")):
        raise invalid(faults)


def control_characters(body: JsonValue, *root: str | int) -> Iterator[FieldError]:
    """Every value, and every name, that holds one; `root` is the place of the whole. Not by recursion: a body may be
    nested as deep as it likes."""
    left: deque[tuple[tuple[str | int, ...], JsonValue]] = deque([(root, body)])
    while left:
        loc, value = left.popleft()
        match value:
            case str() if loc not in NEWS:
                wrong = _IN_PROSE if PROSE.intersection(loc[-1:]) else _CONTROL
                if found := wrong.search(value):
                    told = f"holds the control character U+{ord(found[0]):04X}: leave it out"
                    yield {"loc": dotted(*loc), "message": told}
            case dict():
                left.extend((loc, name) for name in value)
                left.extend(((*loc, name), inner) for name, inner in value.items())
            case list():
                left.extend(((*loc, number), inner) for number, inner in enumerate(value))
