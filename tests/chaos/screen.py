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
            f"[dim]{passed // 60:2}:{passed % 60:02}[/dim]  [bold]{drill:<10}[/bold] {what}", highlight=False
        )

    @contextmanager
    def waiting(self, what: str, within_s: float) -> Iterator[None]:
        with self.counting(what, within_s) as moved:
            began = time.monotonic()
            del moved, began
            yield

    @contextmanager
    def counting(self, what: str, total: float) -> Iterator[Callable[[], None]]:
        """To be called for each that is done."""
        columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
        with Progress(*columns, console=self.console, transient=True) as progress:
            task = progress.add_task(what, total=total)
            yield lambda: progress.advance(task)
