"""Headers that an endpoint's owner may add to his webhooks: none that is ours, frames the message or steers it."""

import re

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}", re.ASCII)
_VALUE = re.compile(r"[!-~]([ -~\t]*[!-~])?", re.ASCII)
_LONGEST = 4_000
_OURS = frozenset(
    ("host", "user-agent", "accept-encoding", "connection", "keep-alive", "te", "trailer", "transfer-encoding")
)
_OURS_BY_PREFIX = ("webhook-", "chokepoint-", "content-", "proxy-", "trace", "upgrade", "expect")


def name_fault(name: str) -> str | None:
    if not _NAME.fullmatch(name):
        return "is no header name: letters, digits and hyphens, at most 100"
    read = name.lower().replace("_", "-")  # as CGI, and what descends from it, reads both
    return "is ours to set" if read in _OURS or read.startswith(_OURS_BY_PREFIX) else None


def value_fault(value: str) -> str | None:
    """The value may be a secret: it is not repeated."""
    if len(value) > _LONGEST:
        return f"has a value of more than {_LONGEST} characters"
    if not _VALUE.fullmatch(value):
        return "has a value that no header can have: printable ASCII, without spaces at its ends or line breaks"
    return None
