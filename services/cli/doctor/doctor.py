"""`chokepoint doctor`: every check in turn; one that fails in itself is a finding as well."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib import import_module

from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.cli.doctor.finding import Finding, broken, odd
from services.cli.exit_codes import Exit

Check = Callable[[object], Iterator[Finding]]
CHECKS = (
    ("machine", "machine"),
    ("packages", "packages"),
    ("boxed", "boxed_kafka"),
    ("boxed", "boxed_postgres"),
    ("outside", "outside"),
    ("kept", "kept"),
    ("places", "places"),
    ("sealing", "sealing"),
    ("awake", "awake"),
)
"""Module and function. Imported one by one, as a package that is missing must not keep the others from looking."""
MARKS = {"well": ("✓", "green"), "odd": ("!", "yellow"), "broken": ("✗", "bold red")}


def doctor(environment: Mapping[str, str], *, as_json: bool) -> int:
    """Exit code 0: nothing is broken; 1: something is."""
    console = Console()
    findings = list(examined(environment))
    if as_json:
        console.out(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False), highlight=False)
    else:
        console.print(table_of(findings))
        console.print(verdict(findings))
    return Exit.NOT_SO if any(finding.state == "broken" for finding in findings) else Exit.DONE


def examined(environment: Mapping[str, str], checks: Sequence[tuple[str, str]] = CHECKS) -> Iterator[Finding]:
    try:
        from services.cli.doctor.patient import Patient  # noqa: PLC0415

        patient = Patient.of(environment)
    except Exception as error:
        yield broken("settings", str(error), "mend it; without its settings nothing else can be looked at")
        return
    for module, name in checks:
        yield from _guarded(module, name, patient)


def _guarded(module: str, name: str, patient: object) -> Iterator[Finding]:
    try:
        check: Check = getattr(import_module(f"services.cli.doctor.{module}"), name)
        yield from check(patient)
    except ImportError as error:
        yield broken(name, f"a package is missing: {error.name}", "rm .venv/.installed, then make setup")
    except Exception as error:  # a doctor that faints helps nobody
        yield odd(name, f"could not be looked at: {type(error).__name__}: {error}", "the rest is told all the same")


def table_of(findings: Sequence[Finding]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for column in ("mark", "what", "found"):
        table.add_column(column, overflow="fold", no_wrap=column == "mark")
    for finding in findings:
        mark, colour = MARKS[finding.state]
        found = Text(finding.found)
        if finding.advice:
            found.append(f"\n→ {finding.advice}", style=colour)
        table.add_row(Text(mark, style=colour), Text(finding.what, style="bold"), found)
    return table


def verdict(findings: Sequence[Finding]) -> Text:
    count = {state: sum(finding.state == state for finding in findings) for state in MARKS}
    if count["broken"]:
        return Text(f"\n{count['broken']} broken, {count['odd']} worth a look", style="bold red")
    if count["odd"]:
        return Text(f"\nnothing broken, {count['odd']} worth a look", style="yellow")
    return Text("\nall is well", style="green")
