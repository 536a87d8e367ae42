"""Structural supply risk of a material, 0-1: how concentrated its supply is in unstable countries, before any event.

It is the EU's supply risk (`supply_risk`) over its maximum, 10, at the worst stage, with import reliance and
substitution at 1 and no trade measure: those enter with the customer and the measures in force.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import TypedDict

from shared.catalog.files import CatalogError, read
from shared.catalog.governance import SOURCE as GOVERNANCE_SOURCE
from shared.catalog.governance import middle
from shared.catalog.materials import materials
from shared.catalog.shares import RARE_EARTHS, worst_stage
from shared.catalog.supply_risk import SCALE, eu_supply_risk

# Made of rare earths, or for making them: without figures of their own they are as exposed as the group.
_MADE_OF_RARE_EARTHS = frozenset(["smco_magnets", "rare_earth_equipment", "rare_earth_technology"])


@dataclass(frozen=True, slots=True)
class StructuralRisk:
    material: str
    risk: float
    stage: str | None
    hhi_g: float | None
    recycling: float | None
    """EoL-RIR; None: unknown, taken as 0."""
    source: str
    as_of: date
    known: bool = True
    """False: no figures for this material, `source` says what stands in."""


def structural_risk(material: str) -> StructuralRisk:
    """By its own figures; else by those of the group or raw material that it depends on; else the median of all."""
    found = _table().get(material)
    if found is None:
        raise CatalogError(f"unknown material {material!r}: expected a slug of the catalogue")
    return found


class _Row(TypedDict):
    material: str
    eol_rir: float


@cache
def _table() -> Mapping[str, StructuralRisk]:
    known = {slug: risk for slug in materials() if (risk := _by_own_figures(slug))}
    return MappingProxyType({slug: known.get(slug) or _stand_in(slug, known) for slug in materials()})


def _by_own_figures(slug: str) -> StructuralRisk | None:
    worst = worst_stage(slug)
    if worst is None or not worst.known:
        return None
    recycling = _recycling().get(slug)
    return StructuralRisk(
        material=slug,
        risk=round(eu_supply_risk(worst.hhi_g, worst.hhi_g, reliance=1, recycling=recycling or 0.0) / SCALE, 4),
        stage=worst.stage,
        hhi_g=round(worst.hhi_g, 4),
        recycling=recycling,
        source=f"{worst.source}; {GOVERNANCE_SOURCE}",
        as_of=date(worst.year, 12, 31),
    )


def _stand_in(slug: str, known: Mapping[str, StructuralRisk]) -> StructuralRisk:
    if worst_stage(slug) or slug in _MADE_OF_RARE_EARTHS:
        return _borrowed(slug, known[RARE_EARTHS])
    if members := [known[member] for member in materials()[slug].members if member in known]:
        return _borrowed(slug, max(members, key=lambda member: member.risk))
    return StructuralRisk(
        material=slug,
        risk=round(middle(risk.risk for risk in known.values()), 4),
        stage=None,
        hhi_g=None,
        recycling=None,
        source=f"median of the {len(known)} materials with figures",
        as_of=min(risk.as_of for risk in known.values()),
        known=False,
    )


def _borrowed(slug: str, risk: StructuralRisk) -> StructuralRisk:
    return replace(risk, material=slug, known=False, source=f"as {risk.material}: {risk.source}")


@cache
def _recycling() -> Mapping[str, float]:
    rows: list[_Row] = json.loads(read("structural_risk_2022.json"))
    return MappingProxyType({row["material"]: row["eol_rir"] for row in rows})
