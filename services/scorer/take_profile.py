"""A profile: exposures new, kept and gone. First scores are a baseline: nobody is told unless it was asked for."""

from services.scorer.licence_days import bring_up_to_date
from services.scorer.observe import note_leaving
from services.scorer.out_of_reach import reached, resolve_left
from services.scorer.state import State
from services.scorer.turn import Mover, Notice, Turn
from shared.contracts.customers import ProfileRecord
from shared.domain.alerts import own_business, severity, telling
from shared.domain.alerts.causes import cause
from shared.domain.risk.scope import close_listed, rows_told


def take_profile(state: State, turn: Turn, record: ProfileRecord) -> None:
    if record.version <= state.portfolio.version(record.customer_id):
        return
    if record.profile is None:
        _forget(state, turn, record)
        return
    before, until_now = _rows_of(state, record.customer_id), state.portfolio.find(record.customer_id)
    met = set() if until_now is None else reached(state, until_now)
    put = state.portfolio.put(record.customer_id, record.version, record.profile)
    turn.forget({before[material] for material in put.gone})
    turn.gone.extend((record.customer_id, material) for material in put.gone)
    resolve_left(state, turn, put.customer, met, put.gone)
    _drop_arrivals(state)
    rows = [*put.new, *put.kept]
    for row in put.new:
        bring_up_to_date(state, put.customer, row)
    close_listed(state.portfolio, state.world, rows)
    turn.touch(rows)
    turn.movers.append(Mover("", severity.INFO, own_business.of_profile(record.version, turn.accepted_at)))
    if record.baseline == "alert":
        turn.baseline_alert = True
        _tell_standing(state, turn, put.customer, put.new)


def _forget(state: State, turn: Turn, record: ProfileRecord) -> None:
    customer = state.portfolio.find(record.customer_id)
    if customer is None:
        return
    note_leaving(state, turn, customer)
    turn.forget(set(_rows_of(state, record.customer_id).values()), customer)
    gone = state.portfolio.drop(record.customer_id, record.version)
    turn.gone.extend((record.customer_id, material) for material in gone)
    state.alerts.close_all(customer)
    state.cases.pop(customer, None)
    _drop_arrivals(state)


def _rows_of(state: State, customer_id: str) -> dict[str, int]:
    customer = state.portfolio.find(customer_id)
    rows = () if customer is None else state.portfolio.rows_of(customer)
    return {state.portfolio.material(row): row for row in rows}


def _drop_arrivals(state: State) -> None:
    freed = [row for row in state.arrivals if state.portfolio.exposures.customer[row] < 0]
    for row in freed:
        del state.arrivals[row]


def _tell_standing(state: State, turn: Turn, customer: int, new: list[int]) -> None:
    """What a baseline that alerts says: every measure announced or in force on what the customer buys."""
    for measure in state.world.measures.values():
        if measure.state not in {"announced", "in_force"}:
            continue
        own = sorted(set(rows_told(state.portfolio, state.world, measure).tolist()) & set(new))
        if own:
            said, grave = telling.of_measure(measure), severity.of_state(measure.state)
            turn.notify(Notice(customer, cause("measure", measure.id), "measure", grave, said, own))
