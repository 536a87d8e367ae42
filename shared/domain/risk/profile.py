"""From what a customer states to what it buys: products' bills of material added, unknown origins taken from the
world's production."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from shared.catalog.shares import worst_stage
from shared.contracts.customers import CustomerProfile, Exposure
from shared.domain.risk.policy import ASSUME_FROM, SMALLEST_ASSUMED


@dataclass(frozen=True, slots=True)
class Origin:
    country: str
    share: float
    assumed: bool


@dataclass(frozen=True, slots=True)
class Purchase:
    material: str
    annual_demand_kg: float
    origins: tuple[Origin, ...]
    suppliers: tuple[str, ...]
    inventory_days: float
    substitutability: float
    revenue_share: float


def purchases(profile: CustomerProfile) -> list[Purchase]:
    """One for each material, in the order of their first mention. Two exposures to one material are one purchase: the
    larger demand speaks for the rest of it; suppliers of both count."""
    stated: dict[str, list[Exposure]] = {}
    for exposure in profile.exposures:
        stated.setdefault(exposure.material, []).append(exposure)
    extra: dict[str, float] = {}
    for product in profile.products:
        for part in product.materials:
            extra[part.material] = extra.get(part.material, 0.0) + product.annual_units * part.kg_per_unit
    slugs = dict.fromkeys((*stated, *extra))
    return [_purchase(slug, stated.get(slug, []), extra.get(slug, 0.0)) for slug in slugs]


def _purchase(material: str, stated: list[Exposure], extra_kg: float) -> Purchase:
    main = max(stated, key=lambda exposure: exposure.annual_demand_kg, default=None)
    return Purchase(
        material=material,
        annual_demand_kg=sum(exposure.annual_demand_kg for exposure in stated) + extra_kg,
        origins=tuple(_origins(material, main.origins.items() if main else ())),
        suppliers=tuple(dict.fromkeys(name for exposure in stated for name in exposure.suppliers)),
        inventory_days=main.inventory_days if main else 0.0,
        substitutability=main.substitutability if main else 0.0,
        revenue_share=main.revenue_share if main else 0.0,
    )


def _origins(material: str, stated: Iterable[tuple[str, float]]) -> list[Origin]:
    pairs = sorted((country, share) for country, share in stated if share > 0)
    total = sum(share for _, share in pairs)
    scale = total if total > 1 else 1.0
    known = [Origin(country, share / scale, assumed=False) for country, share in pairs]
    rest = 1 - total
    if rest < ASSUME_FROM:
        return known
    return known + [
        Origin(country, rest * share, assumed=True)
        for country, share in _world(material)
        if rest * share >= SMALLEST_ASSUMED
    ]


@cache
def _world(material: str) -> tuple[tuple[str, float], ...]:
    stage = worst_stage(material)
    return tuple(sorted(stage.shares.items())) if stage else ()
