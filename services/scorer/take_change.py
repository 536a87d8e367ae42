"""A change of the world: measures as they are now, what moved them, news with its story."""

from services.scorer.hearing import hearing, keep_story
from services.scorer.retell import reweigh, tell_again
from services.scorer.scope_moves import scope_moves, tell_scope_moves
from services.scorer.state import State
from services.scorer.take_licence import expect_anew
from services.scorer.turn import Mover, Notice, Turn
from shared.contracts.alerts import AlertKind
from shared.contracts.changes import Change, LadderStep, Transition
from shared.contracts.measures import Measure, MeasureState
from shared.contracts.signals import Signal
from shared.domain.alerts import own_business, severity, telling
from shared.domain.alerts.alert import DAY_US
from shared.domain.alerts.causes import cause
from shared.domain.risk.scope import (
    close_listed,
    rows_moved,
    rows_told,
    suppliers_named,
)
from shared.domain.risk.shocks import Shock
from shared.domain.risk.world import Moved, union
from shared.errors import ChokepointError

Told = tuple[list[Transition], list[LadderStep]]


ENDED: frozenset[MeasureState] = frozenset({"lifted", "lapsed"})


class ChangeMissing(ChokepointError):
    pass


def is_repeat(state: State, change: Change) -> bool:
    """:raises ChangeMissing: what came before it is not there; to go on would tell customers from a wrong world."""
    if change.number > state.change + 1:
        raise ChangeMissing(
            f"ledger/{state.partition} has change {change.number} after {state.change}: changes between are missing; "
            "see whether two registries write to this cluster, or the log has lost records, and start from a snapshot "
            "before the gap"
        )
    return change.number <= state.change


def take_change(state: State, turn: Turn, change: Change) -> None:
    state.change = change.number
    turn.change = change
    scope = scope_moves(state, change)
    moved = [state.world.put_measure(measure) for measure in change.measures]
    heard = [_hear(state, turn, signal) for signal in change.signals]
    reweighed = [reweigh(state, retold) for retold in change.retold]
    again = [each.moved for each in reweighed]
    turn.touch(rows_moved(state.portfolio, state.world, union(*moved, *heard, *again)))
    waiting_otherwise = _learn(state, turn, change)
    if any(measure.entities for measure in change.measures):
        turn.touch(close_listed(state.portfolio, state.world))
    for measure_id, (transitions, steps) in _told(change).items():
        _tell_measure(state, turn, state.world.measures[measure_id], transitions, steps)
    tell_scope_moves(state, turn, scope)
    for each in reweighed:
        tell_again(state, turn, each)
    for measure in change.measures:
        _may_move(state, turn, measure)
    for signal in change.signals:
        _tell_signal(state, turn, signal)
    turn.movers.append(Mover("", severity.INFO, own_business.of_lead_times(turn.accepted_at), waiting_otherwise))


def _learn(state: State, turn: Turn, change: Change) -> frozenset[int]:
    """What cases of many customers say of how long a licence takes; the materials of which it moved."""
    if not change.strata:
        return frozenset()
    rows = rows_moved(state.portfolio, state.world, state.world.learn(change.strata))
    turn.touch(rows)
    expect_anew(state)
    return frozenset(state.portfolio.exposures.material[rows].tolist())


def _told(change: Change) -> dict[str, Told]:
    found: dict[str, Told] = {}
    for transition in change.transitions:
        found.setdefault(transition.measure_id, ([], []))[0].append(transition)
    for step in change.steps:
        found.setdefault(step.measure_id, ([], []))[1].append(step)
    return found


def _tell_measure(
    state: State, turn: Turn, measure: Measure, transitions: list[Transition], steps: list[LadderStep]
) -> None:
    """What moved says more than a step towards it; both in one record are one message."""
    said = telling.of_measure(measure) if transitions else telling.of_step(measure, steps[-1])
    grave = max([severity.of_step(step.days) for step in steps], default=severity.INFO)
    if transitions:
        grave = severity.of_state(measure.state)
    about, closes = cause("measure", measure.id), measure.state in ENDED
    kind: AlertKind = "measure" if transitions else "expiry"
    rows = rows_told(state.portfolio, state.world, measure)
    for customer, own in state.portfolio.rows_by_customer(rows).items():
        named = said
        if measure.entities:
            named = telling.naming_suppliers(said, suppliers_named(state.portfolio, measure, customer, own))
        turn.notify(Notice(customer, about, kind, grave, named, own, closes=closes))


def _may_move(state: State, turn: Turn, measure: Measure) -> None:
    materials = frozenset(material for material, _ in state.world.keys_of(measure)) if not measure.entities else None
    about = cause("measure", measure.id)
    turn.movers.append(Mover(about, severity.of_state(measure.state), telling.of_measure(measure), materials))


def _hear(state: State, turn: Turn, signal: Signal) -> Moved:
    """Only what is news moves a score; of one story and type the strongest claim counts."""
    if signal.novelty in {"duplicate", "stale"}:
        return {}
    story_id = signal.story_id or signal.id
    key = f"{story_id}/{signal.type}"
    shock = state.world.shocks.get(key) or Shock.of(signal, story_id, turn.at_us // DAY_US)
    if shock is None or not shock.hear(signal):
        return {}
    return state.world.put_shock(key, shock)


def _tell_signal(state: State, turn: Turn, signal: Signal) -> None:
    story_id = signal.story_id or signal.id
    if signal.novelty in {"duplicate", "stale"}:
        return
    said = telling.of_signal(signal)
    rows = hearing(state, signal, story_id, turn.at_us // DAY_US)
    keep_story(state, turn, story_id, said, signal)
    materials = frozenset(state.portfolio.exposures.material[rows].tolist())
    turn.movers.append(Mover(cause("story", story_id), severity.INFO, said, materials))
    if signal.novelty == "update" or signal.asserted != "asserted":
        return
    for customer, own in state.portfolio.rows_by_customer(rows).items():
        turn.notify(Notice(customer, cause("story", story_id), "signal", severity.INFO, said, own))
