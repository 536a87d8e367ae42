from collections.abc import Callable, Iterator
from contextlib import contextmanager

from services.cli.supervisor.output import Output, Report
from services.cli.supervisor.panel import Ready


class LastingOutput:
    """Nobody reads any more (the terminal was closed, the pipe's other end is gone): that must not keep us from ending
    everything in order. `lost` is called once."""

    def __init__(self, output: Output, lost: Callable[[], None]) -> None:
        self._output = output
        self._lost = lost
        self._heard = True

    def line(self, service: str, raw: bytes) -> None:
        self._if_heard(lambda: self._output.line(service, raw))

    def say(self, event: str, level: str = "info", **fields: object) -> None:
        self._if_heard(lambda: self._output.say(event, level, **fields))

    @contextmanager
    def progress(self, doing: str) -> Iterator[Report]:
        with self._output.progress(doing) as report:
            yield report

    def ready(self, ready: Ready) -> None:
        self._if_heard(lambda: self._output.ready(ready))

    def _if_heard(self, write: Callable[[], None]) -> None:
        if not self._heard:
            return
        try:
            write()
        except OSError:
            self._heard = False
            self._lost()
