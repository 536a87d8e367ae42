"""Why an event told nobody, or not this customer: every reason that holds, the first to stop it first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.control.tracing.reach import Buyer, Reach
from shared.contracts.customers import Customer, Silence
from shared.contracts.measures import Measure
from shared.contracts.signals import Signal
from shared.contracts.traces import MeasureMove, MessageTold, Reason, ScoreMove, Trace
from shared.domain.alerts.silences import Facts, silenced

UNDER_WAY = timedelta(seconds=5)
_SEVERITY = "severity"
_ACTS = {"measure_change", "list_change", "override"}
_FIGURES = {"price", "trade_flow"}
_NOT_NEWS = {
    "duplicate": ("duplicate", "its story was told before: this is another copy of it"),
    "stale": ("stale", "what it tells of lies more than 30 days back: history is recorded and not told"),
    "update": ("update", "its story was told before: another source confirms it, which may move a score and no more"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The customer whose part it is, the measures as they were then, and the silences that there are."""

    customer: Customer
    measures: Mapping[str, Measure]
    silences: Sequence[Silence]


def reasons(trace: Trace, asked: Asked | None, now: datetime) -> tuple[Reason, ...]:
    told = [message for message in trace.messages if message.customer_id is not None]
    return (*_under_way(trace, now), *(_not_sent(told) if told else _not_told(trace, asked)))


def _under_way(trace: Trace, now: datetime) -> Iterator[Reason]:
    newest = max((accepted.accepted_at for accepted in trace.accepted), default=None)
    if newest is not None and now - newest < UNDER_WAY:
        yield Reason(code="under_way", text="It has just been accepted: what follows may still be on its way.")


def _not_sent(told: Sequence[MessageTold]) -> Iterator[Reason]:
    for message in told:
        if not message.deliveries:
            why = "it waits for its turn, or no endpoint asks for its type, severity and materials"
            text = f"No attempt to send message {message.sequence} of {message.customer_id} is known: {why}."
            yield Reason(code="not_sent", text=text)


def _not_told(trace: Trace, asked: Asked | None) -> Iterator[Reason]:
    yield from _of_the_event(trace)
    if asked is None:
        yield Reason(
            code="nobody",
            text="No customer was told of it. Ask with ?customer_id= for the reasons that hold for one customer.",
        )
        return
    told = list(_of_the_customer(trace, asked))
    yield from told or [Reason(code="nothing_new", text="It brought nothing that this customer is told of.")]


def _of_the_event(trace: Trace) -> Iterator[Reason]:
    kinds = {accepted.kind for accepted in trace.accepted}
    if any(accepted.history for accepted in trace.accepted):
        yield Reason(code="history", text="It was written as history when this world was first started.")
    if kinds & _FIGURES:
        yield Reason(code="figure", text="A price or a trade flow is told where it changes a band, and not otherwise.")
    if "news" in kinds and not trace.signals:
        yield Reason(code="nothing_read", text="Of what was read in it, the classifier kept nothing.")
    for dropped in trace.dropped:
        yield Reason(code="dropped", text=f"“{_plain(dropped.type)}” was read and dropped: {dropped.reason}.")
    if kinds & _ACTS and not trace.measures:
        yield Reason(code="known_act", text="It changed no measure: the act was known already, or moves nothing.")
    if "review" in kinds and not trace.measures:
        yield Reason(code="word", text="A human's word on a signal: no measure and no open alert rested on it.")
    for move in trace.measures:
        if not is_transition(move):
            yield Reason(code="no_transition", text=f"{move.ref} stays {_plain(move.after.state)}.")
    for signal in trace.signals:
        yield from _of_signal(signal)


def is_transition(move: MeasureMove) -> bool:
    before = move.before
    return before is None or (before.state, before.confirmed) != (move.after.state, move.after.confirmed)


def _of_signal(signal: Signal) -> Iterator[Reason]:
    what = f"“{_plain(signal.type)}”"
    if signal.review and signal.review.verdict == "rejected":
        why = f": {signal.review.reason}" if signal.review.reason else ""
        yield Reason(code="rejected", text=f"{what} was read, and a human has rejected it{why}.")
    if signal.novelty in _NOT_NEWS:
        code, text = _NOT_NEWS[signal.novelty]
        yield Reason(code=code, text=f"{what}: {text}.")
    elif signal.asserted != "asserted":
        told = "may move a score; only what is asserted is told by itself"
        yield Reason(code="not_asserted", text=f"{what} is {signal.asserted}, which {told}.")


def _of_the_customer(trace: Trace, asked: Asked) -> Iterator[Reason]:
    happened_at = max((accepted.accepted_at for accepted in trace.accepted), default=None)
    if happened_at is not None and asked.customer.created_at > happened_at:
        yield Reason(code="newcomer", text="The customer was put later: its first scores took this in, untold.")
        return
    if happened_at is not None and asked.customer.updated_at > happened_at:
        yield Reason(code="profile_changed", text="The profile was changed since; what follows goes by today's.")
    buyer = Buyer(asked.customer.id, asked.customer)
    for move in trace.measures:
        if is_transition(move) and (measure := asked.measures.get(move.id)):
            facts = {"kind": frozenset(["measure"]), "measure": frozenset([measure.id, measure.ref])}
            yield from _reached(buyer.meets_measure(measure), move.ref, facts, asked, move.at)
    for signal in trace.signals:
        if signal.novelty == "new" and happened_at is not None:
            facts = {"kind": frozenset(["signal"]), "measure": frozenset()}
            yield from _reached(buyer.meets_signal(signal), f"“{_plain(signal.type)}”", facts, asked, happened_at)
    for score in trace.scores:
        yield from _of_score(score)


def _reached(reach: Reach, what: str, facts: Facts, asked: Asked, at: datetime) -> Iterator[Reason]:
    if not reach.materials:
        yield Reason(code="no_exposure", text=f"{what} meets no exposure: {reach.why_not}.")
        return
    facts = {**facts, "material": frozenset(reach.materials)}
    for silence in asked.silences:
        # how grave it would have been is not known here
        besides = {name: value for name, value in silence.matchers.items() if name != _SEVERITY}
        probe = silence.model_copy(update={"matchers": besides})
        if silenced([probe], asked.customer.id, facts, round(at.timestamp() * 1_000_000)):
            comment = f" ({silence.comment})" if silence.comment else ""
            yield Reason(code="silenced", text=f"Silence {silence.id}{comment} holds back what is about {what}.")


def _of_score(move: ScoreMove) -> Iterator[Reason]:
    before, after = move.before, move.after
    if after is None:
        yield Reason(code="no_longer_exposed", text=f"{move.material} is no exposure any more.")
    elif before is None:
        yield Reason(code="baseline", text=f"{move.material}: first score {after.score:.1f}, which is not told.")
    elif before.band == after.band:
        moved = f"{before.score:.1f} → {after.score:.1f}"
        yield Reason(code="same_band", text=f"{move.material}: score {moved}, {after.band} as before.")


def _plain(name: str) -> str:
    return name.replace("_", " ")
