"""`chokepoint classify`: what would be read from a text, the words it rests on marked. Nothing is stored."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from services.cli.exit_codes import Exit
from services.cli.failure import complain, exit_of
from shared.client import Client, Connection, Problem
from shared.contracts.base import rfc3339

Json = dict[str, Any]

LONGEST_TITLE: Final = 300
MARKS: Final = {"asserted": "bold green", "expected": "bold cyan", "speculated": "bold yellow", "denied": "bold red"}


def classify_file(file: Path, data_dir: Path, *, as_json: bool) -> int:
    text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    news = news_of(text)
    with Client(Connection.find(data_dir)) as client:
        try:
            told = client.classify(news)
        except Problem as problem:
            complain("not read:", problem)
            return exit_of(problem)
    if as_json:
        print(json.dumps(told, ensure_ascii=False))  # noqa: T201
    else:
        Console(highlight=False).print(view_of(news, told))
    return Exit.DONE if told["signals"] else Exit.NOT_SO


def news_of(text: str) -> Json:
    """A news event as it would be posted; or plain text, whose first line is the headline."""
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if isinstance(given, dict):
        return given
    title, _, body = text.strip().partition("\n")
    if len(title) > LONGEST_TITLE:
        title, body = title[:LONGEST_TITLE], text.strip()
    return {
        "kind": "news",
        "source": {"name": "command line", "type": "newswire"},
        "published_at": rfc3339(datetime.now(UTC)),
        "title": title or "-",
        "body": body.strip(),
    }


def view_of(news: Json, told: Json) -> RenderableType:
    signals, dropped = told["signals"], told["dropped"]
    parts: list[RenderableType] = [_marked(news, signals), Text()]
    parts.append(_table(signals) if signals else Text("no signal: it says nothing about supply", style="dim"))
    parts += [Text(f"not kept: {each['type']}: {each['reason']}", style="dim") for each in dropped]
    return Group(*parts, Text(f"read by {told['classifier']}", style="dim"))


def _marked(news: Json, signals: list[Json]) -> Text:
    fields = {name: Text(news.get(name) or "") for name in ("title", "body")}
    fields["title"].stylize("bold")
    for signal in signals:
        for evidence in signal["evidence"]:
            style = f"{MARKS[signal['asserted']]} underline"
            fields[evidence["field"]].stylize(style, evidence["start"], evidence["end"])
    return Text("\n").join(text for text in fields.values() if text.plain)


def _table(signals: list[Json]) -> Table:
    table = Table(expand=False)
    for column in ("type", "says", "supply", "materials", "by", "at", "from", "until", "sure"):
        table.add_column(column, overflow="fold")
    for signal in signals:
        style = MARKS[signal["asserted"]]
        table.add_row(
            signal["type"],
            f"[{style}]{signal['asserted']}[/]",
            signal["direction"],
            ", ".join(signal["materials"]),
            signal.get("issuer") or "",
            ", ".join(signal["targets"]),
            signal.get("effective_on") or signal.get("occurred_on") or "",
            signal.get("expires_on") or "",
            f"{signal['confidence']:.0%}",
        )
    return table
