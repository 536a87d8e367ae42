"""W3C trace context: a sender's trace goes on, or a new one begins here."""

import re
import secrets
from contextvars import ContextVar

_VALID = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")

current: ContextVar[str | None] = ContextVar("traceparent", default=None)
"""Of the request that is being answered."""


def read(header: str | None) -> str | None:
    """None: it is no trace context."""
    stripped = header.strip() if header else ""
    return stripped if _VALID.fullmatch(stripped) else None


def begun() -> str:
    """Flag 00: nobody records it, and who reads it later is not told that somebody did."""
    drawn = secrets.token_hex(24)
    return f"00-{drawn[:32]}-{drawn[32:]}-00"


def here() -> str:
    return current.get() or begun()


def trace_id(traceparent: str) -> str:
    return traceparent[3:35]
