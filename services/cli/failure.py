import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
from pydantic import ValidationError
from rich.console import Console
from rich.text import Text

from services.cli.exit_codes import Exit
from shared.client import NotConnected, Problem
from shared.errors import ChokepointError


class Unavailable(ChokepointError):
    """Something outside this process does not answer."""


@contextmanager
def reported() -> Iterator[None]:
    """Ends the process with the reason alone, for the errors that a person can mend."""
    try:
        yield
    except (ChokepointError, ValidationError, httpx2.TransportError, OSError) as error:
        complain("chokepoint:", _reason(error))
        sys.exit(exit_of(error))


def complain(what: str, reason: object) -> None:
    Console(stderr=True).print(Text.assemble((f"{what} ", "bold red"), str(reason)), soft_wrap=True)


def exit_of(error: Exception) -> Exit:
    match error:
        case Unavailable() | NotConnected() | httpx2.TransportError():
            return Exit.UNAVAILABLE
        case Problem(status=status) if status == 429 or status >= 500:
            return Exit.UNAVAILABLE
        case Problem(status=400 | 401 | 403 | 404):
            return Exit.WRONG_CALL
        case Problem():
            return Exit.NOT_SO
        case _:
            return Exit.WRONG_CALL


def _reason(error: Exception) -> str:
    if isinstance(error, httpx2.TransportError):
        where = error.request.url if error._request else "the system"  # noqa: SLF001  # `request` raises where there is none
        return f"{where} does not answer ({error or type(error).__name__}): is it running?"
    return str(error)
