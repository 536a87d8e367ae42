"""What must never stand in a log, whoever writes it: keys, secrets, passwords. Nobody means to write them; an exception
may quote what it was given. By what secrets look like, by the names that they go by, and by the addresses of chats
whose path is the secret; a name that nobody else uses is not known here."""

import re
from typing import Any

GONE = "***"

_SECRETS = re.compile(
    r"""
      (?P<webhook> whs(?:ec|k)_ ) [\w+/=-]+
    | (?P<api> \bck_ ) [\w-]{6,}
    | (?P<sealed> \bgAAAAA ) [\w=-]{20,}
    | (?P<bearer> \b(?:bearer|basic) [ ]+ ) [\w.~+/=-]{6,}
    | (?P<header> \b(?:authorization|(?:set-)?cookie|x-(?:[\w-]{0,30}-)?(?:key|token|secret|signature))
        (?: ["']* \s* [:=]+ | ["'] \s* , ) \s* (?: b (?=["']) )? ["']*
        (?: (?:bearer|basic|digest|token|negotiate) \s+ )? ) [^\s"',}\\]+
    | (?P<url> \b[a-z][a-z0-9+.-]{0,30}://[^\s:/@"']* : ) [^\s/@"']+ (?=@)
    | (?P<hook> \b (?: hooks\.slack\.com/(?:services|workflows|triggers)
        | webhook\.office\.com/webhookb2 | outlook\.office\.com/webhook
        | discord(?:app)?\.com/api/webhooks | api\.telegram\.org/bot | hooks\.zapier\.com/hooks/catch ) /? ) [\w/@.:-]+
    | (?P<asked> [?&;] (?:sig|signature|key|token|secret|code|auth|[\w.-]{0,30}[_-](?:key|token|signature)) = )
        [^\s&"'#\\]+
    | (?P<pair> (?: pass(?:word|wd|phrase)|pwd|secret(?:[_-]?keys?)?|(?:api|private|access|secret)[_-]?key|token )
        (?: [\\"']* \s* = | [\\"']+ \s* : | (?<=password) : ) \s* (?: b (?=["']) )? [\\"']* ) [^\s"',;&}\\)]+
    """,
    re.VERBOSE | re.IGNORECASE,
)


def without_secrets(text: str) -> str:
    return _SECRETS.sub(lambda found: f"{found[found.lastgroup or 0]}{GONE}", text)


def hide_secrets(_: object, __: str, line: Any) -> str:
    """The last processor: it sees what is written, whatever it was made of."""
    return without_secrets(str(line))
