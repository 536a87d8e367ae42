"""What a source is worth before it has shown what it is worth: the mean of a Beta distribution by its type."""

from collections.abc import Mapping

from shared.contracts.events import Source, SourceType
from shared.contracts.signals import SignalSource

RIGHT_AND_WRONG: Mapping[SourceType, tuple[float, float]] = {
    "government": (20, 1),
    "newswire": (18, 2),
    "trade_press": (12, 3),
    "company": (12, 3),
    "analyst": (6, 4),
    "social": (2, 2),
    "system": (1, 1),
}


def of(source: Source) -> SignalSource:
    right, wrong = RIGHT_AND_WRONG[source.type]
    return SignalSource(name=source.name, type=source.type, reliability=round(right / (right + wrong), 3))
