"""The six gates of judgement, on what `judge` makes of labelled texts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.classifier.training.scores import f1
from services.classifier.training.texts import Item
from shared.contracts.signals import Signal
from shared.domain.judgement.judge import judge
from shared.domain.judgement.reader import Reader

NONE: Final = "none"
LONG: Final = "long"
Pair = tuple[bool, bool]


@dataclass(frozen=True)
class Judged:
    item: Item
    signals: tuple[Signal, ...]

    @property
    def said(self) -> str:
        """The type of the surest signal; where it is one of the labels' it counts as the first of them."""
        if not self.signals:
            return NONE
        surest = max(self.signals, key=lambda signal: signal.confidence).type
        return self.true if surest in {label.type for label in self.item.labels} else surest

    @property
    def true(self) -> str:
        return self.item.labels[0].type if self.item.labels else NONE

    def modalities(self) -> Iterator[tuple[str, str]]:
        """(said, true) of each type that was rightly found."""
        for kind in {signal.type for signal in self.signals}:
            true = [label.asserted for label in self.item.labels if label.type == kind]
            said = max((s for s in self.signals if s.type == kind), key=lambda signal: signal.confidence).asserted
            if true:
                yield said, said if said in true else true[0]

    def rightly(self) -> Iterator[tuple[float, bool]]:
        """(confidence, right) of each signal."""
        true = {(label.type, label.asserted) for label in self.item.labels}
        for signal in self.signals:
            yield signal.confidence, (signal.type, signal.asserted) in true


@dataclass(frozen=True)
class Gates:
    texts: int
    relevance: float
    main_type: float
    every_type: float
    modality: float
    signals: float
    """F1 of (type, modality), each as often as it is said."""


GOALS: Final = {"relevance": 0.97, "main_type": 0.88, "every_type": 0.85, "modality": 0.85}
GOAL_OF_LONG: Final = 0.75
GOAL_OF_A_LANGUAGE: Final = 0.80


def judged(items: Iterable[Item], reader: Reader) -> list[Judged]:
    return [Judged(item, judge(item.news, item.id, reader).signals) for item in items]


def gates(every: Sequence[Judged]) -> Gates:
    return Gates(
        texts=len(every),
        relevance=f1((bool(each.signals), each.item.relevant) for each in every),
        main_type=macro((each.said, each.true) for each in every),
        every_type=mean(by_type(every).values()),
        modality=macro(pair for each in every for pair in each.modalities()),
        signals=f1(pair for each in every for pair in _signals(each)),
    )


def by_type(every: Sequence[Judged]) -> dict[str, float]:
    pairs: dict[str, list[Pair]] = {}
    for each in every:
        found, true = {s.type for s in each.signals}, {label.type for label in each.item.labels}
        for kind in found | true:
            pairs.setdefault(kind, []).append((kind in found, kind in true))
    return {kind: f1(told) for kind, told in sorted(pairs.items()) if any(true for _, true in told)}


def types(every: Sequence[Judged]) -> float:
    """F1 of the sets of types, all types together: what a language is told by, of which a few types have few texts."""
    pairs: list[Pair] = []
    for each in every:
        found, true = {s.type for s in each.signals}, {label.type for label in each.item.labels}
        pairs += [(kind in found, kind in true) for kind in found | true]
    return f1(pairs)


def macro(pairs: Iterable[tuple[str, str]]) -> float:
    told = list(pairs)
    kinds = sorted({true for _, true in told})
    return mean(f1((said == kind, true == kind) for said, true in told) for kind in kinds)


def mean(values: Iterable[float]) -> float:
    every = list(values)
    return sum(every) / max(1, len(every))


def _signals(each: Judged) -> list[Pair]:
    found = Counter((signal.type, signal.asserted) for signal in each.signals)
    true = Counter((label.type, label.asserted) for label in each.item.labels)
    right = (found & true).total()
    return [(True, True)] * right + [(True, False)] * (found.total() - right) + [(False, True)] * (true.total() - right)
