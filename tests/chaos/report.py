"""What came of the drills: a table on the screen, and docs/drills.md."""

import os
import platform
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table

from tests.chaos.outcome import Outcome

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/drills.md"
COLUMNS = (
    "drill",
    "cause",
    "alert, fired after",
    "told",
    "recovered after",
    "resolved after",
    "events",
    "lost",
    "again",
    "held",
)
HEAD = """# Fire drills

Written by `make chaos`: {date}, commit {commit}, {machine}, seed {seed}. A system as `make run` starts it takes four
events a second; its webhooks are verified, and a real Prometheus watches it with the rules of `deploy/prometheus`.
"""
EXPLAINED = """
*Fired after*: since the cause began. *Told*: by Alertmanager with the routes of `deploy/alertmanager`, where the group
that the alert belongs to had its turn before it had resolved. *Recovered*, *resolved after*: since the cause was taken
away; recovered is when every service is ready and whatever was accepted has come out. *Events*: accepted / with their
outcome, a message to everybody whom it concerns, once by its number and id; of news, that it was read. *Again*:
webhooks that came more than once under their id, which a receiver drops.
"""


def table_of(outcomes: Sequence[Outcome]) -> Table:
    table = Table(*COLUMNS)
    for outcome in outcomes:
        table.add_row(*_row(outcome), style=None if outcome.held else "red")
    return table


def page_of(outcomes: Sequence[Outcome], seed: int) -> str:
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}"]
    lines += [f"| {' | '.join(cell.replace(chr(10), '<br>') for cell in _row(outcome))} |" for outcome in outcomes]
    return HEAD.format(**_circumstances(), seed=seed) + "\n" + "\n".join(lines) + "\n" + EXPLAINED


def _row(outcome: Outcome) -> tuple[str, ...]:
    found = outcome.account
    return (
        outcome.name,
        f"{outcome.cause}, for {outcome.lasted_s:.0f} s",
        _by_name(outcome.fired) + (f"\nalso: {', '.join(_alerts(outcome.also))}" if outcome.also else ""),
        _told(outcome.told.values()),
        _seconds(outcome.recovered_s),
        _by_name(outcome.resolved),
        f"{found.accepted} / {found.outcomes}",
        ", ".join((*found.lost, *found.twice, *found.gaps)[:5]) or "nothing",
        str(found.again),
        "yes" if outcome.held else f"no: {'; '.join(outcome.faults)}",
    )


def _by_name(moments: Mapping[str, float | None]) -> str:
    """`ServiceDown (registry, scorer): 70 s`: of the same alert on several jobs, the last."""
    lines = []
    for alert, names in _alerts(moments).items():
        last = [moments[name] for name in names]
        lines.append(f"{alert}: {_seconds(None if None in last else max(at for at in last if at is not None))}")
    return "\n".join(lines)


def _told(heard: Iterable[tuple[str, float] | None]) -> str:
    """The first who was told of any of them."""
    first = min((who for who in heard if who), key=lambda who: who[1], default=None)
    return f"{first[0]}: {_seconds(first[1])}" if first else "nobody"


def _alerts(names: Iterable[str]) -> dict[str, list[str]]:
    """Names by their alert, which is shown with the jobs that it is about."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        found[name.partition(" ")[0]].append(name)
    return {_with_jobs(alert, names): names for alert, names in found.items()}


def _with_jobs(alert: str, names: Iterable[str]) -> str:
    jobs = ", ".join(name.partition(" ")[2] for name in names)
    return f"{alert} ({jobs})" if jobs else alert


def _seconds(moment: float | None) -> str:
    return "never" if moment is None else f"{moment:.0f} s"


def _circumstances() -> dict[str, str]:
    asked = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(asked, capture_output=True, text=True, cwd=ROOT, check=False)  # noqa: S603
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit.stdout.strip() or "unknown",
        "machine": f"{os.cpu_count()} cores, {platform.system()}",
    }
