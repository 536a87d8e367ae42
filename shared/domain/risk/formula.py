"""The formula of the score, for one row or many (`arithmetic`).

    score = 100 (1 - (1 - B) prod_o(1 - X_o net_o)) (.5 + .5 V)
    B     = x / (x + 1/2),  x the EU's supply risk over 10 (`shared/catalog/supply_risk`): 1/2 (world + own sourcing),
            sum(S² g) and sum(S² g t), times (1 - EoL-RIR), with substitution
    net_o = E_o (1 - rho R_o): shocks tightening and easing at origin o; X_o: the share bought there
    V     = the chances to run out within 30, 60, 90 and 180 days, the nearer ones weighing more (.4, .3, .2, .1)

A chance to run out within h days is S(cover - transit), the chance that supply has not come by the time the stock is
used up (mixed over origins by share), times the chance that the stock does not last h days. So under a ban, where S is
near 1 for years, two days of stock and two years of it still differ. Standing measures act through t and S alone, news
through E and R alone: nothing counts twice."""

from dataclasses import dataclass
from typing import Generic

from shared.domain.risk.arithmetic import Arithmetic, Number
from shared.domain.risk.policy import EASING_COUNTS, HALF_WAY, INTERVAL_SIGMAS, STOCK_UNCERTAINTY

HORIZONS = (30, 60, 90, 180)
NEAR = (0.4, 0.3, 0.2, 0.1)
"""Weights of the horizons: who runs out next month has no time to act."""
_SIGMA_STRUCTURE, _SIGMA_NEWS = 0.15, 0.25
SIGMA_STOCK_REPORTED, SIGMA_STOCK_STATED = 0.05, 0.15


@dataclass(slots=True)
class Supply(Generic[Number]):
    """What the origins of a row add up to, one after the other."""

    plain: Number
    """sum(S² g), without and with t."""
    bought: Number
    late: Number
    """S(cover - transit), by share."""
    unknown: Number
    """Share of which no origin is known or assumed."""
    safe: Number
    """prod(1 - X net)"""


@dataclass(frozen=True, slots=True)
class Own(Generic[Number]):
    """What is the row's own. `free` and `barred` are S(cover - transit) where nothing, and where everything, stands
    in the way; `relieved` is 1 - r of an own grant, `denial` the shock of an own denial."""

    base: Number
    kept: Number
    irreplaceable: Number
    closed: Number
    cover: Number
    free: Number
    barred: Number
    denial: Number
    relieved: Number
    sigma_stock: Number


@dataclass(frozen=True, slots=True)
class Result(Generic[Number]):
    """`score` to `cover` are rounded as they are shown."""

    score: Number
    low: Number
    high: Number
    within_30: Number
    within_60: Number
    within_90: Number
    within_180: Number
    cover: Number
    structural: Number
    sourcing: Number
    undisturbed: Number
    """`sourcing` without measures and listings."""
    stock_factor: Number


def net(calm: Number, relief: Number, relieved: Number) -> Number:
    """E (1 - rho R)"""
    return (1 - calm) * (1 - EASING_COUNTS * (1 - relief * relieved))


def from_supply(own: Own[Number], supply: Supply[Number], by: Arithmetic[Number]) -> Result[Number]:
    unknown = by.within(supply.unknown, 0, 1)
    open_late = supply.late + unknown * own.free
    late = by.at_most((1 - own.closed) * open_late + own.closed * by.larger(own.barred, open_late), 1)
    unplaced = unknown * unknown * own.base
    half = 0.5 * own.irreplaceable
    undisturbed = half * (own.base + supply.plain * own.kept + unplaced)
    sourcing = half * (own.base + (supply.bought * own.kept + unplaced) * (1 + own.closed))
    structural = sourcing / (sourcing + HALF_WAY)
    safe = supply.safe * (1 - own.denial * (1 - EASING_COUNTS * (1 - own.relieved)))
    odds = [late * _used_up_within(days, own.cover, by) for days in HORIZONS]
    stock_factor = 0.5 + 0.5 * (NEAR[0] * odds[0] + NEAR[1] * odds[1] + NEAR[2] * odds[2] + NEAR[3] * odds[3])
    harm = 1 - (1 - structural) * safe
    exact = 100 * harm * stock_factor
    by_structure = 100 * safe * stock_factor * (_SIGMA_STRUCTURE * structural)
    by_news = 100 * (1 - structural) * stock_factor * (_SIGMA_NEWS * (1 - safe))
    by_stock = 50 * harm * own.sigma_stock
    sigma = INTERVAL_SIGMAS * by.root(by_structure * by_structure + by_news * by_news + by_stock * by_stock)
    return Result(
        score=by.rounded(exact, 100),
        low=by.rounded(by.within(exact - sigma, 0, 100), 10),
        high=by.rounded(by.within(exact + sigma, 0, 100), 10),
        within_30=by.rounded(odds[0], 10_000),
        within_60=by.rounded(odds[1], 10_000),
        within_90=by.rounded(odds[2], 10_000),
        within_180=by.rounded(odds[3], 10_000),
        cover=by.rounded(own.cover, 10),
        structural=structural,
        sourcing=sourcing,
        undisturbed=undisturbed,
        stock_factor=stock_factor,
    )


def _used_up_within(days: int, cover: Number, by: Arithmetic[Number]) -> Number:
    """Stock and use are known only so well."""
    lasting = days / by.at_least(cover, 1e-9)
    return by.within((lasting - (1 - STOCK_UNCERTAINTY)) / (2 * STOCK_UNCERTAINTY), 0, 1)
