"""Who produces what share of a material, by stage and year.

Risk follows the worst stage: ore from many mines helps nobody if one country refines it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import NotRequired, TypedDict

from shared.catalog.files import CatalogError, read
from shared.catalog.materials import expand, materials
from shared.catalog.supply_risk import concentration

RARE_EARTHS = "rare_earths"
_OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Shares:
    material: str
    stage: str
    year: int
    estimated: bool
    """The survey's estimate for a year just past (2025e)."""
    shares: Mapping[str, float]
    """Country → share of the world, 0-1; what is left to 1 is not attributed."""
    source: str
    note: str
    known: bool = True
    """False: the material has no figures of its own, these are the group's."""

    @property
    def hhi_g(self) -> float:
        """Concentration weighted by each country's instability: the sum of S² g."""
        return concentration(self.shares)


def shares(material: str) -> tuple[Shares, ...]:
    """Every stage and year, the newest year first.

    Rare earths without figures of their own have the group's, with `known` False; other materials have none.
    """
    if material not in materials():
        raise CatalogError(f"unknown material {material!r}: expected a slug of the catalogue")
    if own := _table().get(material):
        return own
    if material in expand([RARE_EARTHS]):
        return tuple(replace(row, material=material, known=False) for row in _table()[RARE_EARTHS])
    return ()


def newest(material: str) -> Mapping[str, Shares]:
    """Stage → its newest figures."""
    return {row.stage: row for row in reversed(shares(material))}


def worst_stage(material: str) -> Shares | None:
    """The stage where supply is most concentrated in unstable countries; None without figures."""
    return max(newest(material).values(), key=lambda row: row.hhi_g, default=None)


class _Row(TypedDict):
    stage: str
    year: str
    source: str
    shares: dict[str, float]
    note: NotRequired[str]


@cache
def _table() -> Mapping[str, tuple[Shares, ...]]:
    rows: dict[str, list[_Row]] = json.loads(read("production_shares.json"))
    return MappingProxyType({slug: _newest_first(slug, entries) for slug, entries in rows.items()})


def _newest_first(slug: str, rows: list[_Row]) -> tuple[Shares, ...]:
    return tuple(sorted((_shares(slug, row) for row in rows), key=lambda row: -row.year))


def _shares(slug: str, row: _Row) -> Shares:
    named = {country: share for country, share in row["shares"].items() if country != _OTHER}
    return Shares(
        material=slug,
        stage=row["stage"],
        year=int(row["year"].removesuffix("e")),
        estimated=row["year"].endswith("e"),
        shares=MappingProxyType(named),
        source=row["source"],
        note=row.get("note", ""),
    )
