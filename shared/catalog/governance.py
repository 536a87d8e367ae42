"""How unstable a country is: World Bank political stability, turned into a risk g from 0 (stable) to 1."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from shared.catalog.countries import EU, EU_MEMBERS
from shared.catalog.files import read

SOURCE = "World Bank WGI, political stability"
YEAR = 2022


@dataclass(frozen=True, slots=True)
class Governance:
    country: str
    g: float
    known: bool
    """False: no estimate for this country, g is the median of all."""
    source: str = SOURCE
    year: int = YEAR


def governance(country: str) -> Governance:
    g = _table().get(country)
    return Governance(country, _median() if g is None else g, known=g is not None)


@cache
def _table() -> Mapping[str, float]:
    rows = csv.DictReader(read("wgi_political_stability.csv").splitlines())
    g = {row["country"]: float(row["risk_2022"]) for row in rows}
    # The survey rates states; as one supplier or issuer the Union is the mean of its members.
    g[EU] = sum(g[member] for member in sorted(EU_MEMBERS)) / len(EU_MEMBERS)
    return MappingProxyType(g)


@cache
def _median() -> float:
    return middle(_table().values())


def middle(values: Iterable[float]) -> float:
    """The median. Not `statistics`, which takes 4 ms and half a megabyte to load, in every service."""
    ranked = sorted(values)
    half = len(ranked) // 2
    return (ranked[half] + ranked[~half]) / 2
