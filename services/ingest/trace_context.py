"""W3C trace context: a sender's trace goes on, or a new one begins here."""

import re
import secrets

_VALID = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def traceparent_of(header: str | None) -> str:
    if header is not None and _VALID.fullmatch(header.strip()):
        return header.strip()
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
