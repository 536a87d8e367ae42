from shared.contracts.signals import Judgement
from shared.metrics import CLASSIFY_SECONDS, EVENTS_CLASSIFIED, SIGNAL_CONFIDENCE, SIGNALS_DROPPED


def count(judgement: Judgement, seconds: float) -> None:
    """A text without a signal counts as `none`: a flood of them is as telling as a flood of signals."""
    CLASSIFY_SECONDS.observe(seconds)
    if not judgement.signals:
        EVENTS_CLASSIFIED.labels(type="none", asserted="none").inc()
    for signal in judgement.signals:
        EVENTS_CLASSIFIED.labels(type=signal.type, asserted=signal.asserted).inc()
        SIGNAL_CONFIDENCE.observe(signal.confidence)
    for dropped in judgement.dropped:
        SIGNALS_DROPPED.labels(type=dropped.type).inc()
