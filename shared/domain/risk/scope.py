"""Which exposures the world is about to touch: by what moved, by a measure's scope, by the companies that it names."""

from collections.abc import Collection, Iterable

import numpy as np

from shared.contracts.measures import EntityState, Measure, MeasureState
from shared.domain.risk.codes import entity_code
from shared.domain.risk.columns import Mask, Rows
from shared.domain.risk.policy import IN_SCOPE
from shared.domain.risk.portfolio import Portfolio
from shared.domain.risk.shocks import Shock
from shared.domain.risk.world import ANYWHERE, Listing, Moved, World

NO_ROWS: Rows = np.zeros(0, np.int32)
UNSUSPENDED: tuple[EntityState, ...] = ("listed",)
_CONCERNED: dict[MeasureState, tuple[EntityState, ...]] = {
    "suspended": ("listed", "suspended"),
    "lifted": ("listed", "suspended", "removed"),
    "lapsed": ("listed", "suspended", "removed"),
}
"""While others stand on a list, who is off it or suspended has nothing to do with what happens to it."""


def rows_moved(portfolio: Portfolio, world: World, moved: Moved) -> Rows:
    """Rows that a change of these cells and contexts concerns, in order."""
    found = [NO_ROWS]
    for number, contexts in moved.items():
        if contexts.any():
            cell = world.cells[number]
            rows = portfolio.index.rows(cell.material, cell.origin)
            found.append(rows[contexts[portfolio.customers.context[portfolio.exposures.customer[rows]]]])
    return np.unique(np.concatenate(found))


def rows_under(portfolio: Portfolio, world: World, measure: Measure) -> Rows:
    """Rows whose customers hear of the measure: bought from its issuer and within its targets and end uses, or, where
    it names companies, buying from one of them or owned by one."""
    if measure.entities:
        listing = world.listings[measure.id]
        return _named(portfolio, listing.named, listing.origins)
    told = world.told_contexts(measure)
    return _told(portfolio, world.keys_of(measure), told)


def rows_bound(
    portfolio: Portfolio, world: World, measure: Measure, states: Collection[EntityState] = UNSUSPENDED
) -> Rows:
    """Of `rows_under` those that it is about now: of a list, through the companies that stand on it in these states."""
    if not measure.entities:
        return rows_under(portfolio, world, measure)
    names = {
        entity_code(name)
        for entity in measure.entities
        if entity.state in states
        for name in (entity.name, *entity.aliases)
    }
    return _named(portfolio, names, frozenset(world.origin_codes(measure.issuer)))


def rows_told(portfolio: Portfolio, world: World, measure: Measure) -> Rows:
    """Of `rows_under` those whose customers hear of a move or a step of it."""
    return rows_bound(portfolio, world, measure, _CONCERNED.get(measure.state, UNSUSPENDED))


def rows_hearing(portfolio: Portfolio, world: World, shock: Shock) -> Rows:
    """Rows within the scope of news."""
    told = world.contexts.signal_weights(shock.targets, 0.0) >= IN_SCOPE
    return _told(portfolio, world.keys_of_shock(shock), told)


def customer_under(portfolio: Portfolio, world: World, measure: Measure, customer: int) -> bool:
    """Whether any of `rows_under` is the customer's: without a look at anybody else's."""
    if not measure.entities:
        told = world.told_contexts(measure)
        return _told_customer(portfolio, world.keys_of(measure), told, customer)
    named, own = world.listings[measure.id].named, list(portfolio.rows_of(customer))
    by_owner = int(portfolio.customers.name[customer]) in named
    return bool(own) and (by_owner or any(code in named for row in own for code in _suppliers(portfolio, row)))


def customer_hearing(portfolio: Portfolio, world: World, shock: Shock, customer: int) -> bool:
    """As `customer_under`, of `rows_hearing`."""
    told = world.contexts.signal_weights(shock.targets, 0.0) >= IN_SCOPE
    return _told_customer(portfolio, world.keys_of_shock(shock), told, customer)


def _told_customer(portfolio: Portfolio, keys: Collection[tuple[int, int]], told: Mask, customer: int) -> bool:
    if not told[portfolio.customers.context[customer]]:
        return False
    bought = {
        (portfolio.exposures.material.item(row), origin)
        for row in portfolio.rows_of(customer)
        for origin in (ANYWHERE, *portfolio.origins_of(row))
    }
    return not bought.isdisjoint(keys)


def _told(portfolio: Portfolio, keys: Collection[tuple[int, int]], told: Mask) -> Rows:
    found = [NO_ROWS]
    for material, origin in keys:
        rows = portfolio.index.rows(material, origin)
        found.append(rows[told[portfolio.customers.context[portfolio.exposures.customer[rows]]]])
    return np.unique(np.concatenate(found))


def _named(portfolio: Portfolio, names: Collection[int], origins: frozenset[int]) -> Rows:
    codes = np.array(sorted(names), np.uint64)
    sold, owned = portfolio.suppliers.arrays(), portfolio.customers.arrays()
    by_supplier = sold["exposure"][np.isin(sold["name"], codes) & (sold["exposure"] >= 0)]
    listed = np.flatnonzero(np.isin(owned["name"], codes) & owned["alive"]).tolist()
    by_owner = [row for customer in listed for row in portfolio.rows_of(customer)]
    from_issuer = [row for row in by_owner if portfolio.share_from(row, origins)[0] > 0] or by_owner
    return np.unique(np.concatenate([by_supplier, np.array(from_issuer, np.int32)]))


def suppliers_named(portfolio: Portfolio, measure: Measure, customer: int, rows: Iterable[int]) -> list[str]:
    """The companies that a measure is about now and that these exposures buy from, as the measure spells them; none
    where the customer may not disclose whom it buys from."""
    if not measure.entities or portfolio.customers.discreet[customer]:
        return []
    bought = {code for row in rows for code in _suppliers(portfolio, row)}
    concerned = _CONCERNED.get(measure.state, UNSUSPENDED)
    return [
        entity.name
        for entity in measure.entities
        if entity.state in concerned and any(entity_code(name) in bought for name in (entity.name, *entity.aliases))
    ]


def _suppliers(portfolio: Portfolio, row: int) -> list[int]:
    start, count = int(portfolio.exposures.supplier_start[row]), int(portfolio.exposures.suppliers[row])
    names: list[int] = portfolio.suppliers.name[start : start + count].tolist()
    return names


def close_listed(portfolio: Portfolio, world: World, rows: Collection[int] | None = None) -> Rows:
    """Brings `closed` up to date, everywhere or for some rows; the rows where it moved.

    A listed supplier closes its share, one of so many; a customer that is listed gets nothing from who listed it."""
    listings = [listing for listing in world.listings.values() if listing.closed]
    exposures, sold = portfolio.exposures, portfolio.suppliers.arrays()
    if rows is None:
        every = np.array(sorted({code for listing in listings for code in listing.closed}), np.uint64)
        hit = sold["exposure"][np.isin(sold["name"], every) & (sold["exposure"] >= 0)].tolist()
        before = np.flatnonzero(exposures.closed[: exposures.length] > 0).tolist()
        names = portfolio.customers.arrays()["name"]
        owners = np.flatnonzero(np.isin(names, every)).tolist()
        rows = {*hit, *before, *(row for owner in owners for row in portfolio.rows_of(owner))}
    moved = []
    for row in sorted(rows):
        share = _closed_share(portfolio, listings, row)
        if exposures.customer[row] >= 0 and share != exposures.closed[row]:
            exposures.closed[row] = share
            moved.append(row)
    return np.array(moved, np.int32)


def _closed_share(portfolio: Portfolio, listings: list[Listing], row: int) -> float:
    if not listings:
        return 0.0
    exposures = portfolio.exposures
    names = _suppliers(portfolio, row)
    count = len(names)
    listed = sum(any(name in listing.closed for listing in listings) for name in names)
    own = int(portfolio.customers.name[exposures.customer[row]])
    barred: frozenset[int] = frozenset().union(*(listing.origins for listing in listings if own in listing.closed))
    return max(listed / count if count else 0.0, min(portfolio.share_from(row, barred)[0], 1.0) if barred else 0.0)
