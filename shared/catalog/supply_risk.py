"""Published measures of supply risk. Shares, quantities and instabilities are by country; g is 0 (stable) to 1."""

from collections.abc import Mapping

from shared.catalog.governance import governance

SCALE = 10
"""The EU rates governance from 0 to 10, 10 the worst."""


def hhi(production: Mapping[str, float]) -> float:
    """Herfindahl-Hirschman index of the producing countries, 0-1."""
    whole = sum(production.values())
    return sum(quantity * quantity for quantity in production.values()) / (whole * whole)


def concentration(shares: Mapping[str, float], trade: Mapping[str, float] | None = None) -> float:
    """sum(S² g t): HHI_WGI,t of the EU, over 10. t, the trade variable, is 1 where none is given."""
    restricted = trade or {}
    return sum(share**2 * governance(country).g * restricted.get(country, 1.0) for country, share in shares.items())


def import_reliance(production: float, imports: float, exports: float) -> float:
    """Net imports by what is left for use at home, 0-1."""
    net = imports - exports
    return min(max(net / (production + net), 0.0), 1.0) if production + net > 0 else 0.0


def eu_supply_risk(
    world: float, sourcing: float, *, reliance: float, recycling: float, substitution: float = 1.0
) -> float:
    """SR of the European Commission's methodology of 2017 (10.2760/73303), used for its lists of 2017, 2020 and 2023;
    from 1 on a material may be critical. `world` and `sourcing` are `concentration`s of the global supply and of what
    is actually bought, `recycling` is EoL-RIR, `substitution` SI_SR (1: no substitute)."""
    mixed = world * reliance / 2 + sourcing * (1 - reliance / 2)
    return SCALE * mixed * (1 - recycling) * substitution


def geopolrisk(production: Mapping[str, float], imports: Mapping[str, float], own_production: float = 0.0) -> float:
    """GeoPolRisk of a country or a company that buys `imports`: HHI sum(g f) / (own production + sum(f)); Gemechu et
    al. (2016), Koyamparambath et al. (2024)."""
    bought = sum(imports.values()) + own_production
    if bought <= 0:
        return 0.0
    unstable = sum(governance(country).g * quantity for country, quantity in imports.items())
    return hhi(production) * unstable / bought
