"""The score of many exposures at once.

    score = 100 (1 - (1 - B) prod_o(1 - X_o net_o)) (.5 + .5 V)
    B     = x / (x + 1/2),  x = 1/2 (world + own sourcing), both sum(S² g t) (1 - EoL-RIR), with substitution
    net_o = E_o (1 - rho R_o): shocks tightening and easing at origin o; X_o: the share bought there
    V     = the mean of the chances to run out within 30, 60, 90 and 180 days

A chance to run out within h days is S(cover - transit), the chance that supply has not come by the time the stock is
used up (mixed over origins by share), times the chance that the stock does not last h days. So under a ban, where S is
near 1 for years, two days of stock and two years of it still differ. Standing measures act through t and S alone, news
through E and R alone: nothing counts twice."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.domain.risk.columns import Floats, Rows
from shared.domain.risk.leadtime import CURVES, END_USE_CLASSES, HORIZON
from shared.domain.risk.policy import (
    EASING_COUNTS,
    HALF_WAY,
    INTERVAL_SIGMAS,
    OWN_DENIAL,
    OWN_GRANT,
    REGIME_FROM_SHARE,
    STOCK_UNCERTAINTY,
    SUBSTITUTION_COUNTS,
    TRANSIT_DAYS,
    Regime,
)
from shared.domain.risk.portfolio import Portfolio
from shared.domain.risk.shocks import decay_table
from shared.domain.risk.structure import Structure
from shared.domain.risk.world import ANYWHERE, World

HORIZONS = (30, 60, 90, 180)
DAY_US = 86_400_000_000

_DENIAL: Floats = np.round(decay_table(OWN_DENIAL.half_life) * OWN_DENIAL.size, 6)
_GRANT: Floats = np.round(decay_table(OWN_GRANT.half_life) * OWN_GRANT.size, 6)
_SIGMA_STRUCTURE, _SIGMA_NEWS = 0.15, 0.25
_SIGMA_STOCK_REPORTED, _SIGMA_STOCK_STATED = 0.05, 0.15


@dataclass(frozen=True, slots=True)
class Scored:
    """`score` and what surrounds it are rounded as they are shown; the rest explains it."""

    rows: Rows
    score: Floats
    low: Floats
    high: Floats
    odds: tuple[Floats, Floats, Floats, Floats]
    """To run out within 30, 60, 90, 180 days."""
    cover: Floats
    curve: NDArray[np.intp]
    """The lead time shown: that of the strictest regime on a tenth of the supply."""
    structural: Floats
    """B, unrounded."""
    sourcing: Floats
    """x of B, and what it would be without measures and listings."""
    undisturbed: Floats
    stock_factor: Floats
    """.5 + .5 V"""
    digest: NDArray[np.uint64]


def cover_days(portfolio: Portfolio, rows: Rows, day: int) -> Floats:
    """Reported stock runs down from the day of the report; stock as the profile states it is kept up by its owner."""
    exposures = portfolio.exposures
    reported_at = exposures.stock_at[rows]
    age = np.maximum(day - reported_at // DAY_US, 0)
    left = exposures.stock[rows] / np.maximum(exposures.daily_use[rows], 1e-9) - age
    return np.where(reported_at > 0, np.clip(left, 0, 36_500), exposures.usual_cover[rows])


@dataclass(slots=True)
class _Supply:
    """What the origins of each row add up to, one after the other."""

    plain: Floats
    """sum(S² g), without and with t."""
    bought: Floats
    late: Floats
    """S(cover - transit), by share."""
    unknown: Floats
    strictest: NDArray[np.intp]
    safe: Floats
    """prod(1 - X net)"""
    digest: NDArray[np.uint64]


def score(portfolio: Portfolio, world: World, structure: Structure, rows: Rows, day: int) -> Scored:
    exposures = portfolio.exposures
    structure.follow()
    material = exposures.material[rows]
    context = portfolio.customers.context[exposures.customer[rows]]
    end_use = world.contexts.end_use_class[context]
    irreplaceable = 1 - SUBSTITUTION_COUNTS * exposures.substitutability[rows]
    closed = exposures.closed[rows]
    relieved = 1 - _GRANT[_age(exposures.granted_on[rows], day, _GRANT)]
    cover = cover_days(portfolio, rows, day)
    wait = np.clip(np.floor(cover - TRANSIT_DAYS), 0, HORIZON).astype(np.intp)
    supply = _supply(portfolio, world, structure, rows, wait, irreplaceable, relieved)

    unknown = np.clip(supply.unknown, 0, 1)
    free = CURVES[Regime.FREE * END_USE_CLASSES + end_use, wait]
    barred = CURVES[Regime.BARRED * END_USE_CLASSES + end_use, wait]
    late = np.minimum((1 - closed) * (supply.late + unknown * free) + closed * barred, 1)
    strictest = np.where(closed >= REGIME_FROM_SHARE, Regime.BARRED, supply.strictest)

    base, kept = structure.base[material], structure.kept[material]
    unplaced = unknown * unknown * base
    undisturbed = 0.5 * irreplaceable * (base + supply.plain * kept + unplaced)
    sourcing = 0.5 * irreplaceable * (base + (supply.bought * kept + unplaced) * (1 + closed))
    structural = sourcing / (sourcing + HALF_WAY)

    denial = _DENIAL[_age(exposures.denied_on[rows], day, _DENIAL)]
    safe = supply.safe * (1 - denial * (1 - EASING_COUNTS * (1 - relieved)))
    odds = [late * _used_up_within(days, cover) for days in HORIZONS]
    stock_factor = 0.5 + 0.125 * (odds[0] + odds[1] + odds[2] + odds[3])
    harm = 1 - (1 - structural) * safe
    exact = 100 * harm * stock_factor
    sigma = _sigma(structural, safe, harm, stock_factor, exposures.stock_at[rows] > 0)
    scored = Scored(
        rows=rows,
        score=_rounded(exact, 2),
        low=_rounded(np.clip(exact - sigma, 0, 100), 1),
        high=_rounded(np.clip(exact + sigma, 0, 100), 1),
        odds=(_rounded(odds[0], 4), _rounded(odds[1], 4), _rounded(odds[2], 4), _rounded(odds[3], 4)),
        cover=_rounded(cover, 1),
        curve=strictest * END_USE_CLASSES + end_use,
        structural=structural,
        sourcing=sourcing,
        undisturbed=undisturbed,
        stock_factor=stock_factor,
        digest=supply.digest,
    )
    return replace(scored, digest=_digest(scored))


def _supply(
    portfolio: Portfolio,
    world: World,
    structure: Structure,
    rows: Rows,
    wait: NDArray[np.intp],
    irreplaceable: Floats,
    relieved: Floats,
) -> _Supply:
    exposures, pool, count = portfolio.exposures, portfolio.pool, len(rows)
    material = exposures.material[rows]
    context = portfolio.customers.context[exposures.customer[rows]]
    end_use = world.contexts.end_use_class[context]
    anywhere = world.at[material, ANYWHERE]
    supply = _Supply(
        plain=np.zeros(count),
        bought=np.zeros(count),
        late=np.zeros(count),
        unknown=np.ones(count),
        strictest=np.zeros(count, np.intp),
        safe=1 - irreplaceable * _net(world, anywhere, context, relieved),
        digest=np.zeros(count, np.uint64),
    )
    start, origins = exposures.start[rows], exposures.count[rows]
    for k in range(int(origins.max(initial=0))):
        some = np.flatnonzero(origins > k)
        at = start[some] + k
        origin, share = pool.origin[at], pool.share[at]
        cell, who = world.at[material[some], origin], context[some]
        weight = share * share * structure.instability[origin]
        regime = world.regime[cell, who].astype(np.intp)
        supply.plain[some] += weight
        supply.bought[some] += weight * world.trade[cell, who]
        supply.late[some] += share * CURVES[regime * END_USE_CLASSES + end_use[some], wait[some]]
        supply.unknown[some] -= share
        shown = np.where(share >= REGIME_FROM_SHARE, regime, 0)
        supply.strictest[some] = np.maximum(supply.strictest[some], shown)
        supply.safe[some] *= 1 - share * irreplaceable[some] * _net(world, cell, who, relieved[some])
        supply.digest[some] = _mixed(supply.digest[some], world.binding[cell, who])
    return supply


def _net(world: World, cell: NDArray[np.int32], context: NDArray[np.int32], relieved: Floats) -> Floats:
    """E (1 - rho R)"""
    return (1 - world.calm[cell, context]) * (1 - EASING_COUNTS * (1 - world.relief[cell, context] * relieved))


def _used_up_within(days: int, cover: Floats) -> Floats:
    share = days / np.maximum(cover, 1e-9)
    return np.clip((share - (1 - STOCK_UNCERTAINTY)) / (2 * STOCK_UNCERTAINTY), 0, 1)


def _age(since: NDArray[np.int32], day: int, table: Floats) -> NDArray[np.intp]:
    """Places in a decay table; never happened is as good as forgotten."""
    last = len(table) - 1
    return np.where(since > 0, np.clip(day - since, 0, last), last).astype(np.intp)


def _sigma(structural: Floats, safe: Floats, harm: Floats, stock_factor: Floats, reported: NDArray[np.bool_]) -> Floats:
    """Delta method: each input's own uncertainty times what the score makes of it, added as squares."""
    by_structure = 100 * safe * stock_factor * (_SIGMA_STRUCTURE * structural)
    by_news = 100 * (1 - structural) * stock_factor * (_SIGMA_NEWS * (1 - safe))
    by_stock = 50 * harm * np.where(reported, _SIGMA_STOCK_REPORTED, _SIGMA_STOCK_STATED)
    return INTERVAL_SIGMAS * np.sqrt(by_structure * by_structure + by_news * by_news + by_stock * by_stock)


def _rounded(values: Floats, places: int) -> Floats:
    """Half to even; -0.0 becomes 0.0."""
    scale = float(10**places)
    return np.rint(values * scale) / scale + 0.0


def _digest(scored: Scored) -> NDArray[np.uint64]:
    """Of everything that a record shows; never 0."""
    shown = (scored.score, scored.low, scored.high, *scored.odds, scored.cover, scored.structural)
    digest = _mixed(scored.digest, scored.curve)
    for column in shown:
        digest = _mixed(digest, column)
    return digest | np.uint64(1)


def _mixed(digest: NDArray[np.uint64], column: NDArray[Any]) -> NDArray[np.uint64]:
    """Folds a column into 64 bits per row (multiply and xor-shift, as splitmix64 does)."""
    bits = column.view(np.uint64) if column.dtype == np.float64 else column.astype(np.uint64)
    mixed = (digest ^ bits) * np.uint64(0xBF58476D1CE4E5B9) + np.uint64(0x9E3779B97F4A7C15)
    return mixed ^ (mixed >> np.uint64(29))
