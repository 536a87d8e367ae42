"""What this service shows of the catalogue in shared/metrics.py."""

from collections.abc import Collection, Iterable
from functools import cache

import numpy as np
from prometheus_client import Counter

from services.scorer.state import State
from shared.kafka.record import Outgoing
from shared.kafka.topics import ALERTS as ALERTS_TOPIC
from shared.kafka.topics import RISK_SCORES
from shared.metrics import ALERTS, CUSTOMERS, EXPOSURES, RISK_SCORE, SCORE_UPDATES

HIGHEST = 20


def count(outputs: Iterable[Outgoing]) -> None:
    scores = 0
    for output in outputs:
        if output.topic == RISK_SCORES:
            scores += output.value is not None
        elif output.topic == ALERTS_TOPIC:
            about = dict(output.headers)
            _told(about["type"], about["severity"]).inc()
    if scores:
        SCORE_UPDATES.inc(scores)


@cache
def _told(type_: bytes, severity: bytes) -> Counter:
    """Types and severities are few; looking one up in the library costs more than counting."""
    return ALERTS.labels(type=type_.decode(), severity=severity.decode())


def show(states: Collection[State]) -> None:
    CUSTOMERS.set(sum(state.portfolio.alive for state in states))
    EXPOSURES.set(sum(state.portfolio.exposure_count for state in states))
    RISK_SCORE.clear()
    for score, customer, material in sorted((found for state in states for found in _highest(state)), reverse=True)[
        :HIGHEST
    ]:
        RISK_SCORE.labels(customer=customer, material=material).set(score)


def _highest(state: State) -> list[tuple[float, str, str]]:
    portfolio = state.portfolio
    exposures = portfolio.exposures.arrays()
    scores = np.where(exposures["customer"] >= 0, exposures["score"], -1.0)
    rows = np.argpartition(-scores, HIGHEST)[:HIGHEST] if len(scores) > HIGHEST else np.arange(len(scores))
    return [
        (float(scores[row]), portfolio.ids[exposures["customer"][row]], portfolio.material(row))
        for row in rows.tolist()
        if scores[row] >= 0
    ]
