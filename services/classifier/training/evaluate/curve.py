"""What more texts bring: readers fitted on a part of those to learn from, and on more and more of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final

from services.classifier.training.evaluate.measures import Gates, gates, judged
from services.classifier.training.texts import Item, Prepared
from shared.domain.judgement.reader import Reader

SHARES: Final = (0.1, 0.2, 0.4, 0.7, 1.0)
Fit = Callable[[Sequence[Prepared]], Reader]
Point = tuple[int, Gates]


def curves(fits: Mapping[str, Fit], learn: Sequence[Prepared], reported: Sequence[Item]) -> dict[str, list[Point]]:
    return {
        name: [(len(some), gates(judged(reported, fit(some)))) for some in _more_and_more(learn)]
        for name, fit in fits.items()
    }


def _more_and_more(learn: Sequence[Prepared]) -> Iterator[list[Prepared]]:
    """Each has all of the one before; texts that belong together come together."""
    order = sorted(learn, key=lambda each: sha256(f"curve/{each.item.group}".encode()).digest())
    for share in SHARES:
        yield order[: round(share * len(order))]
