"""How the story looks on a terminal: a day, what happened on it, and who was told what."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from services.cli.demo.customers import COLOURS, CUSTOMERS, name_of
from services.cli.demo.told import Journal, Told
from services.cli.supervisor.log_lines import LogLine
from services.cli.webhook_view import COLOURS as OF_SEVERITY
from shared.catalog.countries import name as country_name
from shared.catalog.materials import materials
from shared.contracts.alerts import AlertData, AlertEvidence

WIDTH = 112
HEADLINES = 4
A_YEAR = 366
WORTH_SAYING = 0.005
"""Chance to run out."""
MARKS = {"info": "○", "warning": "▲", "high": "◆", "critical": "█"}
LATE = "Told when the day was over already"
UNCOUNTED = "no count posted yet: its profile's usual stock, as if full every day"
BEYOND = re.compile(r"more likely than not takes more than (\d+) years")
"""The product's words where supply lies beyond what it has seen."""
REMINDER, OVER = "alert.reminder", "alert.resolved"
FULL = ("alert.opened", "alert.updated")


def console_for(*, width: int | None = None) -> Console:
    console = Console(highlight=False, width=width)
    return console if console.is_terminal or width else Console(highlight=False, width=WIDTH)


def spoken(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def introduction() -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for who, profile in CUSTOMERS.items():
        buys = ", ".join(materials()[exposure.material].label for exposure in profile.exposures)
        shy = "\nmay not say whom it buys from or sells to" if profile.disclosure_conflict else ""
        table.add_row(
            Text(profile.name, style=f"bold {COLOURS[who]}"),
            Text(f"{profile.sector}, {country_name(profile.destination)}{shy}"),
            Text(f"buys {buys}", style="dim"),
        )
    words = (
        "Governments restrict exports of critical minerals, often from one day to the next. Chokepoint reads their "
        "acts and the news, and tells each buyer by signed webhook what it means for him: what happened, how long his "
        "stock lasts, what to do.\n\n"
        "Three made-up buyers now live through the real acts of 2023 to 2026, in about a minute:"
    )
    title = Text(" Chokepoint: early warning for critical-mineral supply ", style="bold")
    return Panel(Group(Text(words), Text(), table), title=title, title_align="left", padding=(1, 2))


def day_heading(day: date, headlines: Sequence[str]) -> RenderableType:
    shown = [Padding(Text(line, style="bold"), (0, 0, 0, 2)) for line in headlines[:HEADLINES]]
    more = len(headlines) - len(shown)
    rest = [Text(f"  and {more} more act{'s' if more > 1 else ''}", style="bold dim")] if more else []
    return Group(Text(), Text(f"── {spoken(day)} ".ljust(28, "─"), style="blue"), *shown, *rest)


def nobody() -> RenderableType:
    return Text("    nobody is told: it is no news for any of the three", style="dim")


def cause_in_time(told: Told) -> str:
    """What caused a message on a day on which nobody posts anything."""
    match told.type, told.alert.kind:
        case "alert.reminder", _:
            return "A day later, and nobody has acknowledged"
        case "alert.resolved", "signal":
            return "30 days have passed without further news of it"
        case _, "licence":
            return "The usual time for a decision has passed"
        case _, "score":
            return "Time passes: counted stock runs down, old news counts less"
    return "What falls due by itself"


def alert_row(
    told: Told, *, advised: bool = False, headlines: Sequence[str] = (), notes: Sequence[str] = ()
) -> RenderableType:
    """`advised`: the last message of this alert said the same of what to do. `headlines`: what stands above already."""
    alert, said = told.alert, parts_of(told.alert.summary)
    is_alarm = alert.severity in ("high", "critical") and told.type != OVER
    title = Text(alert.title, style="bold" if is_alarm else "")
    if told.type == REMINDER:
        title = Text.assemble(("reminder: ", "dim"), title)
    lines: list[RenderableType] = [title]
    if alert.kind == "signal" and told.type == "alert.opened":
        lines += [Text(_quote(found)) for found in alert.evidence[:1] if found.text not in headlines]
    if alert.sequence == 1 and said.meaning:
        lines.append(Text(said.meaning, style="dim"))  # in full, once for each customer
    elif told.type in FULL and (known := facts(alert)):
        lines.append(Text(known, style="dim"))
    lines += [Text(note, style="dim") for note in notes]
    if said.do and told.type != REMINDER and not advised:
        lines.append(Text(f"→ {said.do}", style="italic"))
    row = Table.grid(padding=(0, 1))
    row.add_column(width=10, no_wrap=True)
    row.add_column(width=max(len(profile.name) for profile in CUSTOMERS.values()), no_wrap=True)
    row.add_column(ratio=1)
    row.add_row(
        _badge(told),
        Text(name_of(told.customer), style=COLOURS[told.customer]),
        Group(*lines),
    )
    return Padding(row, (0, 0, 0, 4))


def _quote(evidence: AlertEvidence) -> str:
    return f"“{evidence.text}” — {evidence.source}"


def _badge(told: Told) -> Text:
    """A message that something is over is sent as gravely as what it ends; it is good news all the same."""
    if told.type == OVER:
        return Text("✓ over", style="green")
    return Text(f"{MARKS[told.alert.severity]} {told.alert.severity}", style=OF_SEVERITY[told.alert.severity])


def facts(alert: AlertData) -> str:
    """Stock and risk of the most exposed material, in a line."""
    seen, parts = alert.headline, []
    if seen.stockout_on:
        parts.append(f"stock until {spoken(seen.stockout_on)}")
    if seen.gap_days:
        short = f"{seen.gap_days:.0f} days" if seen.gap_days < A_YEAR else "more than a year"
        parts.append(f"{short} too short")
    elif beyond := BEYOND.search(alert.summary):
        parts.append(f"no end in sight: more likely than not over {beyond[1]} years")
    if seen.probability and seen.probability >= WORTH_SAYING:
        parts.append(f"{seen.probability:.0%} to run out within 30 days")
    if alert.score is not None:
        before = alert.previous_score
        moved = before is not None and round(before) != round(alert.score)
        parts.append(f"risk {alert.score:.0f}{f', was {before:.0f}' if moved else ''}")
    if not parts or alert.material is None:
        return ""
    label = materials()[alert.material].label if alert.material in materials() else alert.material
    return f"{label}: {' · '.join(parts)}"


@dataclass(frozen=True, slots=True)
class Parts:
    """Of an alert's summary: what it means for this customer, and what to do."""

    meaning: str
    do: str


def parts_of(summary: str) -> Parts:
    """A summary of another make is left to its title."""
    _, _, rest = summary.partition(" For you: ")
    meaning, _, rest = rest.partition(" What to do: ")
    do, _, _ = rest.partition(" On the evidence of ")
    return Parts(meaning.strip(), do.strip())


def progress_for(console: Console) -> Progress:
    return Progress(
        TextColumn("[blue]{task.description}"),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[verified]} webhooks verified"),
        console=console,
        transient=True,
        disable=not console.is_interactive,
        expand=True,
    )


def counts(journal: Journal) -> RenderableType:
    table = Table(box=None, padding=(0, 2), title="Webhooks, all verified", title_justify="left", title_style="bold")
    table.add_column("")
    severities = list(OF_SEVERITY)
    for severity in severities:
        table.add_column(f"{MARKS[severity]} {severity}", justify="right", style=OF_SEVERITY[severity])
    table.add_column("in all", justify="right", style="bold")
    for who in CUSTOMERS:
        found = Counter(str(told.alert.severity) for told in journal.told if told.customer == who)
        cells = [str(found[severity]) if found[severity] else "·" for severity in OF_SEVERITY]
        table.add_row(Text(name_of(who), style=COLOURS[who]), *cells, str(found.total()))
    return table


def promptness(article_told_s: float) -> RenderableType:
    return Text(f"The long article: its last webhook was here {article_told_s:.2f} s after it was posted.", style="dim")


def last_words(errors: Iterable[LogLine]) -> RenderableType:
    """What services last complained of: it may be why something is missing."""
    said = ((line.service, f"{line.event} {line.fields.get('reason') or ''}".strip()) for line in errors)
    return Group(*(Text(f"{service} said: {words}", style="yellow") for service, words in said))


def verdict(missing: Sequence[str], files: Mapping[str, Path]) -> RenderableType:
    lines = [Text(f"missing: {line}", style="bold red") for line in missing]
    if not missing:
        lines = [Text("Everything that had to be told was told: in order, once, and verified.", style="bold green")]
    return Group(Text(), *lines, *(Text(f"{what}: {path}", style="dim") for what, path in files.items()))
