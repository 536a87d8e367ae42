"""What customers and operators do about alerts: hold them back for a while, take note of one."""

from services.scorer.clocks import release_held
from services.scorer.state import State
from services.scorer.turn import Turn
from shared.contracts.customers import Acknowledgement, Silence
from shared.domain.alerts.causes import alert_id
from shared.domain.alerts.silences import ends


def take_silence(state: State, turn: Turn, silence: Silence) -> None:
    if state.silences.get(silence.id) == silence:
        return
    state.silences[silence.id] = silence
    if silence.deleted:
        del state.silences[silence.id]
    else:
        state.due(max(ends(silence), turn.at_us), "silence", -1, silence.id)
    release_held(state, turn)


def take_acknowledgement(state: State, record: Acknowledgement) -> None:
    customer = state.portfolio.find(record.customer_id)
    if customer is None:
        return
    for cause, alert in state.alerts.live(customer):
        if alert_id(record.customer_id, cause) == record.alert_id:
            alert.status, alert.remind_at = "acknowledged", 0
            return
