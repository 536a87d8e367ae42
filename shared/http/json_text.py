import re

import orjson

_NO_JSON = re.compile(r"-?(NaN|Infinity)\b")


class InvalidJson(Exception):
    """What is wrong with a text, and where in it."""

    def __init__(self, reason: str, line: int, column: int) -> None:
        super().__init__(f"invalid JSON, {f'line {line} ' if line > 1 else ''}column {column}: {reason}")


def parse(text: bytes) -> object:
    """:raises InvalidJson: also for NaN, bytes that are no UTF-8, and a depth that nobody needs."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _explained(text, error) from None


def _explained(text: bytes, error: orjson.JSONDecodeError) -> InvalidJson:
    try:
        readable = text.decode()
    except UnicodeDecodeError as undecodable:
        before = text[: undecodable.start]
        line, column = before.count(b"\n") + 1, undecodable.start - before.rfind(b"\n")
        return InvalidJson(f"byte {text[undecodable.start]:#04x} is no UTF-8", line, column)
    reason = error.msg
    if _NO_JSON.match(readable, error.pos):
        reason = "NaN and Infinity are no JSON: leave the field out"
    elif not text.strip():
        reason = "there is nothing in it"
    return InvalidJson(reason, error.lineno, error.colno)
