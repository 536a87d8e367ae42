"""A copy of a state for some customers, to be asked what would happen: whatever is done to it, the state stays."""

import copy
from collections.abc import Collection

import numpy as np

from services.scorer.state import State
from shared.domain.risk.columns import Array, Columns, Customers, Exposures, Pool, Rows, Suppliers
from shared.domain.risk.portfolio import NOBODY, Portfolio
from shared.domain.risk.structure import Structure
from shared.domain.risk.world import World


def world_of(state: State) -> World:
    """Measures are shared, as nobody changes one; what is kept about them is not."""
    measures = state.world.measures
    return copy.deepcopy(state.world, {id(measures): dict(measures)})


def twin(state: State, customers: Collection[int]) -> State:
    """With their exposures, licence cases and arrivals; without alerts: a twin is asked for scores."""
    world = world_of(state)
    chosen = np.array(sorted(customers), np.int32)
    rows = _rows_of(state.portfolio, chosen)
    return State(
        partition=state.partition,
        world=world,
        portfolio=_portfolio(state.portfolio, world, chosen, rows),
        structure=Structure(world.materials, world.origins),
        cases={
            at: copy.deepcopy(state.cases[customer])
            for at, customer in enumerate(chosen.tolist())
            if customer in state.cases
        },
        arrivals={at: dict(state.arrivals[row]) for at, row in enumerate(rows.tolist()) if row in state.arrivals},
        change=state.change,
        now=state.now,
        day=state.day,
        whole_day=state.whole_day,
    )


def _rows_of(portfolio: Portfolio, chosen: Rows) -> Rows:
    wanted = np.zeros(portfolio.customers.length, bool)
    wanted[chosen] = True
    owners = portfolio.exposures.customer[: portfolio.exposures.length]
    return np.flatnonzero((owners >= 0) & wanted[owners]).astype(np.int32)


def _portfolio(whole: Portfolio, world: World, chosen: Rows, rows: Rows) -> Portfolio:
    customer_at = _numbered(whole.customers.length, chosen)
    row_at = _numbered(whole.exposures.length, rows)
    exposures = _picked(whole.exposures, rows)
    places, exposures["start"] = _gathered(exposures["start"], exposures["count"])
    named, exposures["supplier_start"] = _gathered(exposures["supplier_start"], exposures["suppliers"])
    exposures["customer"] = customer_at[exposures["customer"]]
    exposures["following"] = _moved(exposures["following"], row_at)
    customers = _picked(whole.customers, chosen)
    customers["first"] = _moved(customers["first"], row_at)
    names = _picked(whole.suppliers, named)
    names["exposure"] = _moved(names["exposure"], row_at)
    made = Portfolio(world)
    made.restore(
        [whole.ids[customer] for customer in chosen.tolist()],
        Customers.of(customers),
        Exposures.of(exposures),
        Pool.of(_picked(whole.pool, places)),
        Suppliers.of(names),
    )
    return made


def _numbered(length: int, kept: Rows) -> Rows:
    """Old number → new one; -1 for what is left out."""
    numbers = np.full(length, NOBODY, np.int32)
    numbers[kept] = np.arange(len(kept), dtype=np.int32)
    return numbers


def _moved(numbers: Rows, to: Rows) -> Rows:
    return np.where(numbers >= 0, to[numbers], NOBODY).astype(np.int32)


def _picked(columns: Columns, rows: Array) -> dict[str, Array]:
    return {name: column[rows] for name, column in columns.arrays().items()}


def _gathered(starts: Rows, counts: Array) -> tuple[Array, Rows]:
    """Where the parts lie now, and where they start once they stand one after another."""
    many = counts.astype(np.intp)
    packed = np.cumsum(many) - many
    return np.repeat(starts - packed, many) + np.arange(int(many.sum())), packed.astype(np.int32)
