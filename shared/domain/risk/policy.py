"""The weights of the score (`MODEL` names them): what an instrument does while it stands, and what news does for a
while. Signs and half-lives are our own proposal, anchored in the order of the Goldstein scale."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

from shared.contracts.events import Instrument
from shared.contracts.signals import Asserted, SignalType

MODEL = "chokepoint-risk@1"


class Regime(IntEnum):
    """How material leaves its origin; each is at least as slow as the one before it."""

    FREE = 0
    SLOWED = 1
    """Quotas, lists and checks: it comes, later."""
    LICENSED = 2
    BARRED = 3


@dataclass(frozen=True, slots=True)
class Barrier:
    """`trade` is the trade variable t of the EU's formula: 1 without a measure, 2 under an export prohibition."""

    trade: float
    regime: Regime


BARRIERS: Mapping[Instrument, Barrier] = MappingProxyType(
    {
        "ban": Barrier(2.0, Regime.BARRED),
        "export_halt": Barrier(2.0, Regime.BARRED),
        "licence_requirement": Barrier(1.3, Regime.LICENSED),
        "quota": Barrier(1.2, Regime.SLOWED),
        "exporter_whitelist": Barrier(1.2, Regime.SLOWED),
        "technology_ban": Barrier(1.2, Regime.SLOWED),
        "extraterritorial_rule": Barrier(1.1, Regime.SLOWED),
        "watch_list": Barrier(1.1, Regime.SLOWED),
        "tariff": Barrier(1.1, Regime.FREE),
        "entity_listing": Barrier(2.0, Regime.BARRED),
    }
)


@dataclass(frozen=True, slots=True)
class Impact:
    """Of a signal in scope: size 0-1, half-life in days, and what is left of it for someone outside its scope."""

    size: float
    half_life: int
    sign: int
    """+1 tightens, -1 eases, 0: as the signal's own direction says."""
    elsewhere: float = 0.0
    """Factor where neither destination nor a named company matches."""


IMPACTS: Mapping[SignalType, Impact] = MappingProxyType(
    {
        "export_halt": Impact(0.95, 90, +1),
        "control_imposed": Impact(0.70, 60, +1),
        "control_expanded": Impact(0.60, 60, +1),
        "technology_ban": Impact(0.40, 365, +1),
        "blacklist_added": Impact(0.80, 60, +1, elsewhere=0.15 / 0.80),
        "enforcement_crackdown": Impact(0.35, 45, +1),
        "licence_denied": Impact(0.60, 60, +1),
        "licence_delayed": Impact(0.45, 30, +1),
        "supply_disruption": Impact(0.50, 45, +1),
        "licence_regime_change": Impact(0.30, 45, 0),
        "quota_change": Impact(0.30, 60, 0),
        "tariff_change": Impact(0.25, 14, 0),
        "diplomatic_signal": Impact(0.10, 7, 0),
        "price_move": Impact(0.10, 14, 0),
        "control_suspended": Impact(0.60, 60, -1),
        "control_lifted": Impact(0.80, 120, -1),
        "blacklist_suspended": Impact(0.40, 60, -1, elsewhere=0.10),
        "blacklist_removed": Impact(0.60, 120, -1, elsewhere=0.10),
        "licence_granted": Impact(0.25, 21, -1, elsewhere=0.05 / 0.25),
        "capacity_addition": Impact(0.20, 365, -1),
    }
)
MODALITY: Mapping[Asserted, float] = MappingProxyType(
    {"asserted": 1.0, "expected": 0.6, "speculated": 0.3, "denied": 0.0}
)

OWN_DENIAL = IMPACTS["licence_denied"]
"""The customer's own case: it touches the whole exposure."""
OWN_GRANT = IMPACTS["licence_granted"]

EASING_COUNTS = 0.5
"""rho: easing news takes at most half of a shock away, so that it never cancels a ban in force."""
DENIAL_COUNTS = 0.5
"""A claim that is denied too keeps at least half its weight: it lies between asserted and denied."""
UNPLACED = 0.5
"""A disruption without a country may lie on another route."""
HALF_WAY = 0.5
"""The structural risk (EU scale, over its maximum 10) that makes B = 1/2."""
SUBSTITUTION_COUNTS = 0.5
"""A full substitute halves the exposure: qualifying it takes longer than a shock."""
TRANSIT_DAYS = 14
STOCK_UNCERTAINTY = 0.2
"""Stock and use are taken to be known to ± 20 %."""
IN_SCOPE = 0.5
"""From this weight on a measure concerns a customer and is told; below it only the score knows."""
REGIME_FROM_SHARE = 0.1
"""The lead time shown is that of the strictest regime on at least this share of the supply."""
ASSUME_FROM = 0.05
"""Supply of unknown origin, from this share on, is taken to come from the world's producers in proportion."""
SMALLEST_ASSUMED = 0.01
INTERVAL_SIGMAS = 1.28
"""80 % of a normal distribution."""
