"""What this service shows of the catalogue in shared/metrics.py."""

import heapq
from collections import Counter
from collections.abc import Iterable
from typing import get_args

from services.registry.state import State
from shared.contracts.measures import MeasureState
from shared.domain.measures.calendar import day_of
from shared.domain.measures.ladder import next_end
from shared.kafka.record import Outgoing
from shared.kafka.topics import SIGNALS as SIGNALS_TOPIC
from shared.metrics import LEADS, MEASURE_DAYS_TO_EXPIRY, MEASURES, MEASURES_UNCONFIRMED, SIGNALS

SOONEST = 50


def count_signals(outputs: Iterable[Outgoing]) -> None:
    for output in outputs:
        if output.topic == SIGNALS_TOPIC:
            about = dict(output.headers)
            if "novelty" in about:
                SIGNALS.labels(type=about["type"].decode(), novelty=about["novelty"].decode()).inc()


def show_lead(*, holds_world: bool) -> None:
    """Whoever holds no world shows none: what it knew of measures is old from the moment on which another has them."""
    LEADS.labels(role="registry").set(holds_world)
    if not holds_world:
        MEASURES.clear()
        MEASURES_UNCONFIRMED.set(0)
        MEASURE_DAYS_TO_EXPIRY.clear()


def show_measures(state: State) -> None:
    now = state.now
    if now is None:
        return
    by_state: Counter[str] = Counter()
    unconfirmed = 0
    ends: list[tuple[int, str]] = []
    for entry in state.book:
        phase = entry.chronicle.at(now)
        if phase is None:
            continue
        by_state[phase.state] += 1
        unconfirmed += not phase.confirmed
        if end := next_end(phase):
            ends.append(((end[1] - day_of(now, entry.identity.zone)).days, entry.identity.id))
    for name in get_args(MeasureState):
        MEASURES.labels(state=name).set(by_state[name])
    MEASURES_UNCONFIRMED.set(unconfirmed)
    MEASURE_DAYS_TO_EXPIRY.clear()
    for days, measure in heapq.nsmallest(SOONEST, ends):
        MEASURE_DAYS_TO_EXPIRY.labels(measure=measure).set(days)
