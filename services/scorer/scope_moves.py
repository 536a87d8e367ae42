"""A measure that goes on and comes to be about more or less: for who comes under it that is a change of state from
nothing, for who leaves it an end. Everybody else hears of it only where something changes for him."""

from dataclasses import dataclass

import numpy as np

from services.scorer.recall import rows_of
from services.scorer.state import State
from services.scorer.turn import Notice, Turn
from shared.contracts.changes import Change
from shared.contracts.measures import Measure, Widening
from shared.domain.alerts import severity, telling
from shared.domain.alerts.causes import cause
from shared.domain.risk.columns import Rows
from shared.domain.risk.scope import rows_bound, suppliers_named


@dataclass(frozen=True, slots=True)
class ScopeMove:
    measure: Measure
    bound: Rows
    """Exposures that it comes to be about; none where it moves too, as everybody is told of that."""
    by: Widening | None
    """The act that did it, where one did."""
    freed: list[int]
    """Customers of whom it is about nothing any more."""


def scope_moves(state: State, change: Change) -> list[ScopeMove]:
    """Against the measures as they were before the change."""
    told = {transition.measure_id for transition in change.transitions}
    return [
        _moved(state, state.world.measures[measure.id], measure, told=measure.id in told)
        for measure in change.measures
        if measure.id in state.world.measures
        and measure.state not in {"lifted", "lapsed"}
        and not _same_scope(state.world.measures[measure.id], measure)
    ]


def tell_scope_moves(state: State, turn: Turn, moves: list[ScopeMove]) -> None:
    for move in moves:
        _tell_bound(state, turn, move)
        _tell_freed(state, turn, move)


def _same_scope(one: Measure, other: Measure) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in ("materials", "targets", "end_uses", "entities"))


def _moved(state: State, before: Measure, measure: Measure, *, told: bool) -> ScopeMove:
    now, until_now = (rows_bound(state.portfolio, state.world, each) for each in (measure, before))
    by = [widening for widening in measure.widened if widening not in before.widened]
    under, was_under = (
        state.portfolio.rows_by_customer(rows_bound(state.portfolio, state.world, each, ("listed", "suspended")))
        for each in (measure, before)
    )
    return ScopeMove(
        measure=measure,
        bound=np.setdiff1d([] if told else now, until_now).astype(np.int32),
        by=by[-1] if by else None,
        freed=[customer for customer in was_under if customer not in under],
    )


def _tell_bound(state: State, turn: Turn, move: ScopeMove) -> None:
    measure, about = move.measure, cause("measure", move.measure.id)
    said = telling.of_measure(measure, move.by)
    for customer, own in state.portfolio.rows_by_customer(move.bound).items():
        named = telling.naming_suppliers(said, suppliers_named(state.portfolio, measure, customer, own))
        alert = state.alerts.get(customer, about)
        if not alert.live:
            alert.came_by = move.by.act if move.by else ""
        turn.notify(Notice(customer, about, "measure", severity.of_state(measure.state), named, own))


def _tell_freed(state: State, turn: Turn, move: ScopeMove) -> None:
    """On what is open about it; to others it never was news."""
    about, said = cause("measure", move.measure.id), telling.of_release(move.measure)
    for customer in move.freed:
        alert = state.alerts.find(customer, about)
        if alert and alert.live:
            rows = rows_of(state, customer, alert)
            turn.notify(Notice(customer, about, "measure", severity.INFO, said, rows, alert.materials, closes=True))
