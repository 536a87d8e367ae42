"""Everything that the supervisor prints: for people on a terminal, JSON lines for everything else."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from services.cli.supervisor import dev_env
from services.cli.supervisor.example import keyless_curl_line
from services.cli.supervisor.log_lines import LogLine, parse
from services.cli.supervisor.panel import Ready, show

OURSELVES = "chokepoint"
COLOURS = ("cyan", "green", "magenta", "blue", "yellow", "bright_cyan", "bright_green", "bright_magenta")
OF_LEVEL = {"debug": "dim", "info": "", "warning": "yellow", "error": "red", "critical": "bold red"}
OWN_PLACE = ("exception", "stack")
"""Fields of several lines: they stand below the line."""
LEAST = "info"
Report = Callable[[str, int, int], None]
"""What is worked on, how much of it is done, how much there is."""


class Lines(Protocol):
    def line(self, service: str, raw: bytes) -> None:
        """What a child wrote."""


class Output(Lines, Protocol):
    def say(self, event: str, level: str = "info", **fields: object) -> None:
        """What we have to tell."""

    def progress(self, doing: str) -> AbstractContextManager[Report]: ...

    def ready(self, ready: Ready) -> None: ...


def output_for(stream: TextIO, names: Sequence[str]) -> Output:
    return TerminalOutput(Console(file=stream), names) if stream.isatty() else JsonOutput(stream)


class JsonOutput:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def line(self, service: str, raw: bytes) -> None:
        self._write(parse(service, raw))

    def say(self, event: str, level: str = "info", **fields: object) -> None:
        self._write(LogLine(OURSELVES, level, event, fields=fields))

    @contextmanager
    def progress(self, doing: str) -> Iterator[Report]:
        began: list[float] = []

        def report(_: str, __: int, total: int) -> None:
            if not began:
                began.append(time.monotonic())
                self.say(doing, parts=total)

        yield report
        if began:
            self.say(f"{doing}: done", after_s=round(time.monotonic() - began[0], 1))

    def ready(self, ready: Ready) -> None:
        """Without the key: logs are kept and sent on."""
        path = ready.data_dir / dev_env.NAME
        self.say(
            "ready",
            url=ready.url,
            control_url=ready.control_url,
            docs=[f"{ready.url}/docs", f"{ready.control_url}/docs"],
            kafka=ready.kafka,
            database=ready.database,
            dev_env=path,
            curl=keyless_curl_line(path, ready.now),
            clock=ready.now.isoformat() if ready.clock else None,
            after_s=round(ready.after_s, 1),
        )

    def _write(self, line: LogLine) -> None:
        if not line.at_least(LEAST):
            return
        record = {
            "timestamp": line.timestamp or datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "level": line.level,
            "service": line.service,
            "event": line.event,
            **line.fields,
        }
        self._stream.write(json.dumps(record, default=str, ensure_ascii=False) + "\n")
        self._stream.flush()


class TerminalOutput:
    def __init__(self, console: Console, names: Sequence[str]) -> None:
        self._console = console
        self._width = max(map(len, (OURSELVES, *names)))
        self._colours = {name: COLOURS[place % len(COLOURS)] for place, name in enumerate(names)}

    def line(self, service: str, raw: bytes) -> None:
        self._print(parse(service, raw))

    def say(self, event: str, level: str = "info", **fields: object) -> None:
        self._print(LogLine(OURSELVES, level, event, fields=fields))

    @contextmanager
    def progress(self, doing: str) -> Iterator[Report]:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("[dim]{task.fields[part]}"),
        )
        with Progress(*columns, console=self._console, transient=True) as bars:
            task = bars.add_task(doing, part="", visible=False)
            yield lambda part, done, total: bars.update(task, completed=done, total=total, part=part, visible=True)

    def ready(self, ready: Ready) -> None:
        show(ready, self._console)

    def _print(self, line: LogLine) -> None:
        if not line.at_least(LEAST) or not line.event.strip():
            return
        text = Text().append(f"{datetime.now().astimezone():%H:%M:%S} ", style="dim")
        text.append(line.service.ljust(self._width), style=self._colours.get(line.service, "bold"))
        text.append(" │ ", style="dim").append(line.event, style=OF_LEVEL[line.level])
        for name, value in line.fields.items():
            if name not in OWN_PLACE:
                text.append(f" {name}=", style="dim").append(str(value))
        for name in OWN_PLACE:
            if name in line.fields:
                text.append(f"\n{line.fields[name]}", style="dim")
        self._console.print(text, soft_wrap=True, highlight=False)
