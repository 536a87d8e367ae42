"""What `chokepoint listen` prints: for people, or a JSON line for each webhook."""

import json
from typing import Protocol

from rich.console import Console
from rich.text import Text

from services.cli.answering import Manners
from services.cli.receiver import Received, unverified_line
from services.cli.webhook_view import shown


class View(Protocol):
    def begins(self, url: str, customer: str | None, manners: Manners) -> None: ...

    def verified(self, received: Received) -> None: ...

    def refused(self, message_id: str) -> None: ...


class People:
    def __init__(self) -> None:
        self._console, self._complaints = Console(), Console(stderr=True)

    def begins(self, url: str, customer: str | None, manners: Manners) -> None:
        whose = f" for customer [bold]{customer}[/]" if customer else ""
        how = f"; on purpose it [yellow]{words}[/]" if (words := manners.in_words()) else ""
        self._console.print(f"listening at [cyan]{url}[/]{whose}{how}; Ctrl-C ends")

    def verified(self, received: Received) -> None:
        self._console.print(shown(received))

    def refused(self, message_id: str) -> None:
        words = Text.assemble(("refused", "bold red"), f" {message_id}: no secret given here verifies it")
        self._complaints.print(words)


class Programs:
    def begins(self, url: str, customer: str | None, manners: Manners) -> None:  # noqa: ARG002  # who calls knows them
        self._line(json.dumps({"listening": url, "customer": customer}))

    def verified(self, received: Received) -> None:
        self._line(received.as_line())

    def refused(self, message_id: str) -> None:
        self._line(unverified_line(message_id))

    def _line(self, line: str) -> None:
        print(line, flush=True)  # noqa: T201
