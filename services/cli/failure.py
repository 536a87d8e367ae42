import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
from pydantic import ValidationError
from rich.console import Console

from shared.errors import ChokepointError


@contextmanager
def reported() -> Iterator[None]:
    """Ends the process with exit code 2 and the reason alone, for the errors that a person can mend."""
    try:
        yield
    except (ChokepointError, ValidationError, httpx2.TransportError, OSError) as error:
        Console(stderr=True, highlight=False).print(f"[bold red]chokepoint:[/] {_reason(error)}", soft_wrap=True)
        sys.exit(2)


def _reason(error: Exception) -> str:
    if isinstance(error, httpx2.TransportError):
        where = error.request.url if error._request else "the system"  # noqa: SLF001  # `request` raises where there is none
        return f"{where} does not answer ({error or type(error).__name__}): is it running?"
    return str(error)
