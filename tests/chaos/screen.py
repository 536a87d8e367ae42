"""What a run shows while it goes."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


class Screen:
    def __init__(self, console: Console) -> None:
        self.console = console
        self._began = time.monotonic()

    def say(self, drill: str, what: str) -> None:
        passed = int(time.monotonic() - self._began)
        self.console.print(
            f"[dim]{passed // 60:2}:{passed % 60:02}[/dim]  [bold]{drill:<16}[/bold] {what}", highlight=False
        )

    @contextmanager
    def doing(self, what: str, total: int | None = None) -> Iterator[Callable[[], None]]:
        """A bar while it goes on; to be called for each of `total` that is done."""
        columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
        quiet = not self.console.is_terminal
        with Progress(*columns, console=self.console, transient=True, disable=quiet) as progress:
            task = progress.add_task(what, total=total)
            yield lambda: progress.advance(task)
