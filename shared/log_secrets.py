"""What must never stand in a log, whoever writes it: keys, secrets, passwords. Nobody means to write them; an exception
may quote what it was given."""

import re
from typing import Any

GONE = "***"

_SECRETS = re.compile(
    r"""
      (?P<webhook> whs(?:ec|k)_ ) [\w+/=-]+
    | (?P<api> \bck_ ) [\w-]{6,}
    | (?P<sealed> \bgAAAAA ) [\w=-]{20,}
    | (?P<bearer> \b(?:bearer|basic) [ ]+ ) [\w.~+/=-]{6,}
    | (?P<header> \bauthorization ["']* \s* [:=,]+ \s* b? ["']* (?: (?:bearer|basic) \s+ )? ) [^\s"',}\\]+
    | (?P<url> \b[a-z][a-z0-9+.-]*://[^\s:/@"']* : ) [^\s/@"']+ (?=@)
    | (?P<hook> \bhooks\.slack\.com/services/ ) [\w/]+
    """,
    re.VERBOSE | re.IGNORECASE,
)


def without_secrets(text: str) -> str:
    return _SECRETS.sub(lambda found: f"{found[found.lastgroup or 0]}{GONE}", text)


def hide_secrets(_: object, __: str, line: Any) -> str:
    """The last processor: it sees what is written, whatever it was made of."""
    return without_secrets(str(line))
