"""`python -m tests.unit.docs.structure` draws who imports whom into docs/architecture.md, from the code itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.fixtures.markdown import ARCHITECTURE, ROOT

BASE = frozenset({"errors", "log_damping", "logs", "metrics", "service", "settings", "tracing", "version", "watchdog"})
"""Of `shared`: what every service stands on."""
DRAWING = re.compile(r"(<!-- structure -->\n```text\n).*?(```\n)", re.DOTALL)

Imports = dict[str, set[str]]
"""Part of the code → the parts of `shared` that it imports."""


def imports() -> Imports:
    found: Imports = {}
    for file in sorted((*ROOT.glob("services/**/*.py"), *ROOT.glob("shared/**/*.py"))):
        if part := _part(file.relative_to(ROOT).with_suffix("").parts):
            modules = filter(None, (_part(tuple(name.split("."))) for name in _named(file)))
            found.setdefault(part, set()).update(other for other in modules if other != part)
    return found


def drawing(found: Imports) -> str:
    rows = sorted((part for part in found if found[part]), key=_place)
    columns = sorted({part for others in found.values() for part in others}, key=_place)
    heads = [_short(column).removeprefix("domain.") for column in columns]
    width = max(len(_short(row)) for row in rows) + 1
    lines = [" " * width + " ".join(heads)]
    for row in rows:
        marks = ("●" if column in found[row] else "·" for column in columns)
        cells = (mark.center(len(head)) for mark, head in zip(marks, heads, strict=True))
        lines.append((_short(row).ljust(width) + " ".join(cells)).rstrip())
    return "\n".join(lines) + "\n"


def drawn(text: str) -> str:
    return DRAWING.sub(lambda found: found[1] + drawing(imports()) + found[2], text)


def _part(module: tuple[str, ...]) -> str | None:
    match module:
        case ("services", name, *_) if name != "__init__":
            return f"services.{name}"
        case ("shared", "domain", name, *_) if name != "__init__":
            return f"shared.domain.{name}"
        case ("shared", name, *_) if name not in {*BASE, "__init__", "domain", "migrations"}:
            return f"shared.{name}"
    return None


def _named(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _short(part: str) -> str:
    return part.partition(".")[2]


def _place(part: str) -> tuple[int, str]:
    """Services above the domain, the domain above what else is shared."""
    groups = ("services.", "shared.domain.", "shared.")
    return next(number for number, group in enumerate(groups) if part.startswith(group)), part


if __name__ == "__main__":
    ARCHITECTURE.write_text(drawn(ARCHITECTURE.read_text()))
