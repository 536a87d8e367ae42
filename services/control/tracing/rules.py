"""Which rule made a message, and why it is as grave as it is (contract of alerts): from the message and its event."""

from collections.abc import Iterator

from services.control.tracing.reasons import is_transition
from shared.contracts.alerts import AlertData, MessageType
from shared.contracts.base import Severity
from shared.contracts.traces import Reason, Trace
from shared.domain.alerts import severity
from shared.domain.alerts.severity import RUNS_OUT, SEVERITIES
from shared.domain.risk.bands import BANDS, UNSCORED, next_band

_RULES = {
    "measure": Reason(code="a", text="a measure that meets this customer changed its state, or its scope did"),
    "score": Reason(code="b", text="the score crossed into another band"),
    "expiry": Reason(code="c", text="a step of the expiry ladder (60, 30, 14, 7, 1 and 0 days before) was reached"),
    "overdue": Reason(code="c", text="the case takes longer than nine in ten: its lead-time p90 has passed"),
    "signal": Reason(code="d", text="news that is new and asserted meets an exposure"),
    "licence": Reason(code="e", text="one of the customer's own licence cases was decided"),
    "reminder": Reason(code="reminder", text="high or critical, and nobody acknowledged it within a day"),
    "silence_over": Reason(code="silence_over", text="a silence ended, and the alert was still open"),
    "baseline": Reason(code="baseline", text="the customer was put with baseline=alert: what stands already is told"),
    "left": Reason(code="left", text="the profile changed, and what it was about meets no exposure any more"),
    "retracted": Reason(code="retracted", text="a human took back what it rested on"),
    "story_over": Reason(code="story_over", text="30 days have passed since the last news of its story"),
}
_BECAUSE_OF_BAND: dict[Severity, str] = {
    "critical": "the band is severe",
    "high": "the band is high",
    "warning": "the band is elevated",
}
_AS_BEFORE: dict[MessageType, str] = {
    "alert.reminder": "a reminder is as grave as what it reminds of is on its day",
    "alert.resolved": "a resolution is as grave as the alert at its gravest",
}


def rule_of(kind: MessageType, alert: AlertData, event_id: str | None) -> Reason:
    event = event_id or ""
    by_time = event.startswith("tick/")
    if kind == "alert.reminder":
        return _RULES["reminder"]
    if event.startswith("silence/"):
        return _RULES["silence_over"]
    if event.startswith("profile/") and alert.status == "resolved" and (alert.kind != "score" or alert.score is None):
        return _RULES["left"]
    if event.startswith("profile/") and alert.kind == "measure":
        return _RULES["baseline"]
    if alert.status == "retracted":
        return _RULES["retracted"]
    if alert.kind == "signal" and alert.status == "resolved":
        return _RULES["story_over"]
    if alert.kind == "licence" and by_time:
        return _RULES["overdue"]
    return _RULES[alert.kind]


def severity_because(kind: MessageType, alert: AlertData, trace: Trace) -> tuple[str, ...]:
    """Everything that gives the severity that it has."""
    if kind in _AS_BEFORE:
        return (_AS_BEFORE[kind],)
    applies = [*_of_what_happened(alert, trace), *_of_the_exposure(alert, trace)]
    return tuple(because for grave, because in applies if grave == alert.severity)


def _of_what_happened(alert: AlertData, trace: Trace) -> Iterator[tuple[Severity, str]]:
    for move in trace.measures:
        stands = alert.kind in {"measure", "expiry"} and move.ref in alert.measures
        if stands or (alert.kind == "score" and is_transition(move)):
            state = move.after.state
            yield SEVERITIES[severity.of_state(state)], f"{move.ref} is {state.replace('_', ' ')}"
    match alert.kind:
        case "signal":
            yield "info", "news by itself"
        case "score":
            yield "info", "a band that moves, by itself"
        case "licence":
            decision = alert.title.rsplit(" ", 1)[-1]
            if decision in severity.DECISIONS:
                yield SEVERITIES[severity.of_decision(decision)], f"the case was {decision}"
            else:
                yield "warning", "the lead-time p90 has passed"
        case "expiry":
            yield "warning", "the ladder as far as 14 days before the end"
            yield "high", "the ladder from 7 days before the end, or a measure that is in force until then"


def _of_the_exposure(alert: AlertData, trace: Trace) -> Iterator[tuple[Severity, str]]:
    soon = alert.headline.probability
    if soon is not None and soon > RUNS_OUT:
        yield "critical", f"the chance to run out within 30 days is {soon:.0%}"
    if alert.score is None or (band := _band_of(alert, trace)) is None:
        return
    grave = SEVERITIES[severity.of_exposure(BANDS.index(band), 0.0)]
    if grave in _BECAUSE_OF_BAND:
        yield grave, f"{_BECAUSE_OF_BAND[grave]} ({alert.material}, score {alert.score:.0f})"


def _band_of(alert: AlertData, trace: Trace) -> str | None:
    """As it was said with the message; else by the score, which may be a band below what hysteresis holds."""
    said = next((move.after for move in trace.scores if move.material == alert.material), None)
    if said is not None:
        return said.band
    return None if alert.score is None else BANDS[next_band(UNSCORED, alert.score)]
