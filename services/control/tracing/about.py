"""What an alert is about. Its id follows from that, so of all that it may be about the one that gives its id is it."""

from collections.abc import Iterable

from shared.contracts.alerts import AlertData
from shared.contracts.measures import Measure
from shared.contracts.signals import Signal
from shared.domain.alerts.causes import CauseKind, alert_id, cause


def about_of(
    alert: AlertData, measures: Iterable[Measure], signals: Iterable[Signal], titles: Iterable[str]
) -> str | None:
    """The cause, where it is among these. `titles`: those of its messages, in which a licence case stands."""
    candidates: list[tuple[CauseKind, str]] = [("measure", measure.id) for measure in measures]
    candidates += [("story", signal.story_id or signal.id) for signal in signals]
    candidates += [("story", story) for signal in signals if signal.review for story in signal.review.was_in]
    candidates += [("material", alert.material)] if alert.material else []
    candidates += [("licence", word) for title in titles for word in title.split()]
    abouts = [cause(kind, ref) for kind, ref in candidates]
    return next((about for about in abouts if alert_id(alert.customer_id, about) == alert.id), None)
