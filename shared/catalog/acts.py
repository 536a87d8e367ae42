"""The timeline of official acts, in the order of their announcement, as records for the wire."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from shared.catalog.act_shape import problem_of
from shared.catalog.files import CatalogError, read

Act = Mapping[str, object]
"""Read-only. `kind` (measure_change, list_change or signal) says which further fields it has; dates are YYYY-MM-DD."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What we know about a line that is not part of the act."""

    note: str | None
    verified: bool


@cache
def acts() -> tuple[Act, ...]:
    return tuple(act for act, _ in _lines())


@cache
def remarks() -> Mapping[str, Remark]:
    """By the act's id."""
    return MappingProxyType({str(act["id"]): remark for act, remark in _lines()})


@cache
def _lines() -> tuple[tuple[Act, Remark], ...]:
    found: dict[str, tuple[Act, Remark]] = {}
    for number, line in enumerate(read("acts.jsonl").splitlines(), 1):
        row: dict[str, object] = json.loads(line)
        remark = Remark(note=_text_or_none(row.pop("note", None)), verified=bool(row.pop("verified")))
        problem = problem_of(row) or (f"id {row['id']!r} stands twice" if row["id"] in found else None)
        if problem:
            raise CatalogError(f"acts.jsonl, line {number}: {problem}")
        found[str(row["id"])] = MappingProxyType({name: _frozen(value) for name, value in row.items()}), remark
    return tuple(sorted(found.values(), key=lambda pair: str(pair[0]["announced_on"])))


def _text_or_none(value: object) -> str | None:
    return None if value is None else str(value)


def _frozen(value: object) -> object:
    if isinstance(value, dict):
        return MappingProxyType({name: _frozen(inner) for name, inner in value.items()})
    return tuple(_frozen(inner) for inner in value) if isinstance(value, list) else value
