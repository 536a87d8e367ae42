"""What operators are told of the world itself, about no customer: by the fold of partition 0 alone."""

from collections.abc import Iterator

from services.scorer.state import State
from services.scorer.tell import Said
from services.scorer.turn import Turn
from shared.contracts.alerts import OperatorType
from shared.contracts.changes import Change
from shared.contracts.measures import Measure
from shared.domain.alerts import severity
from shared.domain.alerts.causes import message_id
from shared.domain.alerts.message import Envelope, Json, operator_message
from shared.domain.alerts.severity import SEVERITIES


def operator_messages(state: State, turn: Turn) -> Iterator[Said]:
    """One a measure and record: where it moved, that; else the newest step of its ladder."""
    change = turn.change
    if change is None or turn.quiet or state.partition != 0:
        return
    for measure_id in dict.fromkeys(t.measure_id for t in change.transitions):
        measure = state.world.measures[measure_id]
        yield _said(state, turn, "measure.changed", measure, severity.of_state(measure.state), _moved(change, measure))
    for step in change.steps:
        measure = state.world.measures[step.measure_id]
        data: Json = {"event": step.event, "on": step.on.isoformat(), "days": step.days}
        yield _said(state, turn, "measure.expiring", measure, severity.of_step(step.days), data)


def _moved(change: Change, measure: Measure) -> Json:
    first = next(t for t in change.transitions if t.measure_id == measure.id)
    return {"previous": first.previous} if first.previous else {}


def _said(state: State, turn: Turn, kind: OperatorType, measure: Measure, grave: int, data: Json) -> Said:
    state.message += 1
    about = message_id(turn.record_id, f"{kind}/{measure.id}/{data.get('days', '')}")
    whole: Json = {
        "measure_id": measure.id,
        "ref": measure.ref,
        "act": measure.act,
        "issuer": measure.issuer,
        "instrument": measure.instrument,
        "title": measure.title[:600],
        "materials": measure.materials,
        "targets": measure.targets[:300],
        "state": measure.state,
        "confirmed": measure.confirmed,
        **data,
        "links": {"measure": f"/v1/measures/{measure.id}"},
    }
    envelope = Envelope(turn.record_id, turn.accepted_at)
    value = operator_message(envelope, state.message, about, kind, grave, measure.materials, whole)
    return Said(None, kind, SEVERITIES[grave], value)
