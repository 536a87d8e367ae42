"""Rows scored: what the formula needs is gathered for many rows at once, or for a few one by one, which is quicker."""

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.domain.risk.arithmetic import MANY, ONE
from shared.domain.risk.columns import Floats, Rows
from shared.domain.risk.formula import (
    SIGMA_STOCK_REPORTED,
    SIGMA_STOCK_STATED,
    Own,
    Result,
    Supply,
    from_supply,
    net,
)
from shared.domain.risk.leadtime import HORIZON, REGIMES, Waits
from shared.domain.risk.policy import (
    OWN_DENIAL,
    OWN_GRANT,
    REGIME_FROM_SHARE,
    SUBSTITUTION_COUNTS,
    TRANSIT_DAYS,
    Regime,
)
from shared.domain.risk.portfolio import Portfolio
from shared.domain.risk.shocks import decay_table
from shared.domain.risk.structure import Structure
from shared.domain.risk.world import ANYWHERE, World

DAY_US = 86_400_000_000
FEW = 6
LONGEST_COVER = 36_500
LEAST_DAILY_USE = 1e-9
"""kg: who uses less has stock for ever, `LONGEST_COVER`."""

_FIELDS = tuple(Result.__slots__)
_DENIAL: Floats = np.round(decay_table(OWN_DENIAL.half_life) * OWN_DENIAL.size, 6)
_GRANT: Floats = np.round(decay_table(OWN_GRANT.half_life) * OWN_GRANT.size, 6)


_DENIAL_LISTED: list[float] = _DENIAL.tolist()
_GRANT_LISTED: list[float] = _GRANT.tolist()


@dataclass(frozen=True, slots=True)
class Scored:
    rows: Rows
    result: Result[Floats]
    waits: Waits
    curve: NDArray[np.intp]
    """The lead time shown, of `waits`: that of the strictest regime on a tenth of the supply."""
    digest: NDArray[np.uint64]
    """Of everything that a record shows; never 0."""

    def only(self, places: NDArray[np.intp]) -> "Scored":
        result = Result(**{name: getattr(self.result, name)[places] for name in _FIELDS})
        return Scored(self.rows[places], result, self.waits, self.curve[places], self.digest[places])


def score(portfolio: Portfolio, world: World, structure: Structure, rows: Rows, day: int) -> Scored:
    structure.follow()
    if len(rows) > FEW:
        return _many(portfolio, world, structure, rows, day)
    ones = [_one(portfolio, world, structure, row, day) for row in rows.tolist()]
    table = np.array([one.shown for one in ones]).reshape(len(ones), len(_FIELDS)).T
    return Scored(
        rows=rows,
        result=Result(**dict(zip(_FIELDS, table, strict=True))),
        waits=world.waits,
        curve=np.array([one.curve for one in ones], np.intp),
        digest=np.array([one.digest for one in ones], np.uint64),
    )


# one row, in plain floats


def _one(portfolio: Portfolio, world: World, structure: Structure, row: int, day: int) -> "_Shown":
    exposures = portfolio.exposures
    context = portfolio.customers.context.item(exposures.customer.item(row))
    undisturbed = int(world.contexts.end_use_class[context]) * REGIMES
    closed = exposures.closed.item(row)
    irreplaceable = 1 - SUBSTITUTION_COUNTS * exposures.substitutability.item(row)
    cover = _cover_of(portfolio, row, day)
    wait = min(max(int(cover - TRANSIT_DAYS), 0), HORIZON)
    relieved = 1 - _faded(_GRANT_LISTED, exposures.granted_on.item(row), day)
    supply, strictest, binding = _supply_of(portfolio, world, structure, row, context, wait, irreplaceable, relieved)
    material = exposures.material.item(row)
    own = Own(
        base=structure.base.item(material),
        kept=structure.kept.item(material),
        irreplaceable=irreplaceable,
        closed=closed,
        cover=cover,
        free=world.waits.curves.item(undisturbed + Regime.FREE, wait),
        barred=world.waits.curves.item(undisturbed + Regime.BARRED, wait),
        denial=_faded(_DENIAL_LISTED, exposures.denied_on.item(row), day),
        relieved=relieved,
        sigma_stock=SIGMA_STOCK_REPORTED if exposures.stock_at.item(row) > 0 else SIGMA_STOCK_STATED,
    )
    if closed >= REGIME_FROM_SHARE and strictest % REGIMES < Regime.BARRED:
        strictest = undisturbed + Regime.BARRED
    return _Shown.of(from_supply(own, supply, ONE), world.waits, strictest, binding)


@dataclass(frozen=True, slots=True)
class _Shown:
    shown: tuple[float, ...]
    curve: int
    digest: int

    @classmethod
    def of(cls, result: Result[float], waits: Waits, curve: int, binding: int) -> "_Shown":
        shown = tuple(getattr(result, name) for name in _FIELDS)
        return cls(shown, curve, _digest_of((*shown, *waits.shown(curve)), binding))


def _cover_of(portfolio: Portfolio, row: int, day: int) -> float:
    exposures = portfolio.exposures
    reported_at = exposures.stock_at.item(row)
    if not reported_at:
        return exposures.usual_cover.item(row)
    age = max(day - reported_at // DAY_US, 0)
    left = exposures.stock.item(row) / max(exposures.daily_use.item(row), LEAST_DAILY_USE) - age
    return ONE.within(left, 0.0, LONGEST_COVER)


def _faded(table: list[float], since: int, day: int) -> float:
    return table[min(max(day - since, 0), len(table) - 1)]


def _supply_of(
    portfolio: Portfolio,
    world: World,
    structure: Structure,
    row: int,
    context: int,
    wait: int,
    irreplaceable: float,
    relieved: float,
) -> tuple[Supply[float], int, int]:
    exposures, pool = portfolio.exposures, portfolio.pool
    material, start = exposures.material.item(row), exposures.start.item(row)
    cell = world.at.item(material, ANYWHERE)
    safe = 1 - irreplaceable * net(world.calm.item(cell, context), world.relief.item(cell, context), relieved)
    supply, binding = Supply(0.0, 0.0, 0.0, 1.0, safe), 0
    strictest = int(world.contexts.end_use_class[context]) * REGIMES
    for at in range(start, start + exposures.count.item(row)):
        origin, share = pool.origin.item(at), pool.share.item(at)
        cell = world.at.item(material, origin)
        weight = share * share * structure.instability.item(origin)
        curve = world.curve.item(cell, context)
        supply.plain += weight
        supply.bought += weight * world.trade.item(cell, context)
        supply.late += share * world.waits.curves.item(curve, wait)
        supply.unknown -= share
        shock = net(world.calm.item(cell, context), world.relief.item(cell, context), relieved)
        supply.safe *= 1 - share * irreplaceable * shock
        strictest = curve if share >= REGIME_FROM_SHARE and curve % REGIMES > strictest % REGIMES else strictest
        binding = binding * _ODD + world.binding.item(cell, context)
    return supply, strictest, binding


# many rows, in arrays


def _many(portfolio: Portfolio, world: World, structure: Structure, rows: Rows, day: int) -> Scored:
    exposures = portfolio.exposures
    context = portfolio.customers.context[exposures.customer[rows]]
    undisturbed, curves = world.contexts.end_use_class[context] * REGIMES, world.waits.curves
    closed = exposures.closed[rows]
    irreplaceable = 1 - SUBSTITUTION_COUNTS * exposures.substitutability[rows]
    cover = _covers(portfolio, rows, day)
    wait = MANY.within(np.floor(cover - TRANSIT_DAYS), 0, HORIZON).astype(np.intp)
    relieved = 1 - _all_faded(_GRANT, exposures.granted_on[rows], day)
    supply, strictest, binding = _supplies(portfolio, world, structure, rows, context, wait, irreplaceable, relieved)
    material = exposures.material[rows]
    own = Own(
        base=structure.base[material],
        kept=structure.kept[material],
        irreplaceable=irreplaceable,
        closed=closed,
        cover=cover,
        free=curves[undisturbed + Regime.FREE, wait],
        barred=curves[undisturbed + Regime.BARRED, wait],
        denial=_all_faded(_DENIAL, exposures.denied_on[rows], day),
        relieved=relieved,
        sigma_stock=np.where(exposures.stock_at[rows] > 0, SIGMA_STOCK_REPORTED, SIGMA_STOCK_STATED),
    )
    cut_off = (closed >= REGIME_FROM_SHARE) & (strictest % REGIMES < Regime.BARRED)
    curve = np.where(cut_off, undisturbed + Regime.BARRED, strictest)
    result = from_supply(own, supply, MANY)
    shown = np.array([*(getattr(result, name) for name in _FIELDS), *world.waits.all_shown(curve)])
    return Scored(rows, result, world.waits, curve, _digest(shown, binding))


def _covers(portfolio: Portfolio, rows: Rows, day: int) -> Floats:
    """Reported stock runs down from the day of the report; stock as the profile states it is kept up by its owner."""
    exposures = portfolio.exposures
    reported_at = exposures.stock_at[rows]
    age = np.maximum(day - reported_at // DAY_US, 0)
    left = exposures.stock[rows] / np.maximum(exposures.daily_use[rows], LEAST_DAILY_USE) - age
    return np.where(reported_at > 0, MANY.within(left, 0, LONGEST_COVER), exposures.usual_cover[rows])


def _all_faded(table: Floats, since: NDArray[np.int32], day: int) -> Floats:
    """What never happened has day 0, and is as good as forgotten."""
    return table[np.minimum(np.maximum(day - since, 0), len(table) - 1)]


def _supplies(
    portfolio: Portfolio,
    world: World,
    structure: Structure,
    rows: Rows,
    context: NDArray[np.int32],
    wait: NDArray[np.intp],
    irreplaceable: Floats,
    relieved: Floats,
) -> tuple[Supply[Floats], NDArray[np.intp], NDArray[np.uint64]]:
    exposures, pool, many = portfolio.exposures, portfolio.pool, len(rows)
    material, start, count = exposures.material[rows], exposures.start[rows], exposures.count[rows]
    anywhere = world.at[material, ANYWHERE]
    safe = 1 - irreplaceable * net(world.calm[anywhere, context], world.relief[anywhere, context], relieved)
    supply = Supply(np.zeros(many), np.zeros(many), np.zeros(many), np.ones(many), safe)
    strictest, binding = world.contexts.end_use_class[context] * REGIMES, np.zeros(many, np.uint64)
    for k in range(int(count.max(initial=0))):
        some = np.flatnonzero(count > k)
        at = start[some] + k
        origin, share = pool.origin[at], pool.share[at]
        cell, who = world.at[material[some], origin], context[some]
        weight = share * share * structure.instability[origin]
        curve = world.curve[cell, who]
        supply.plain[some] += weight
        supply.bought[some] += weight * world.trade[cell, who]
        supply.late[some] += share * world.waits.curves[curve, wait[some]]
        supply.unknown[some] -= share
        shock = net(world.calm[cell, who], world.relief[cell, who], relieved[some])
        supply.safe[some] *= 1 - share * irreplaceable[some] * shock
        stricter = (share >= REGIME_FROM_SHARE) & (curve % REGIMES > strictest[some] % REGIMES)
        strictest[some] = np.where(stricter, curve, strictest[some])
        binding[some] = binding[some] * np.uint64(_ODD) + world.binding[cell, who].astype(np.uint64)
    return supply, strictest, binding


# what is shown, folded into 64 bits: a multiplicative hash, summed

_ODD = 0x9E3779B97F4A7C15
_ODDS = [(n * 0xBF58476D1CE4E5B9 | 1) % 2**64 for n in range(1, len(_FIELDS) + 1 + len(Waits.SHOWN))]
_MASK = 2**64 - 1


def _digest_of(shown: tuple[float, ...], binding: int) -> int:
    words: tuple[int, ...] = struct.unpack(f"<{len(shown)}Q", struct.pack(f"<{len(shown)}d", *shown))
    total = sum([(bits ^ bits >> 32) * odd for bits, odd in zip(words, _ODDS, strict=True)], binding)
    return total & _MASK | 1


def _digest(shown: Floats, binding: NDArray[np.uint64]) -> NDArray[np.uint64]:
    bits = shown.view(np.uint64)
    mixed = (bits ^ (bits >> np.uint64(32))) * np.array(_ODDS, np.uint64)[:, None]
    digest: NDArray[np.uint64] = mixed.sum(axis=0, dtype=np.uint64) + binding
    return digest | np.uint64(1)
