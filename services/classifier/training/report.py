"""One line of figures for each file that the model had not seen."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields

from services.classifier.training.scores import f1, macro_f1, precision
from services.classifier.training.thresholds import Read, kept
from shared.domain.judgement.limits import Limits
from shared.domain.judgement.reader import Reading


@dataclass(frozen=True)
class Line:
    file: str
    texts: int
    relevance: float
    precision: float
    main_type: float
    """Macro-F1 of the strongest reading's type, against the first label."""
    types: float
    """F1 of the sets of types."""
    modality: float
    """Macro-F1 of the modality of types that are rightly found."""
    signals: float
    """F1 of the sets of (type, modality)."""

    @staticmethod
    def table(lines: Sequence["Line"]) -> str:
        names = [each.name for each in fields(Line)]
        rows = [" ".join(f"{name:>12}" for name in names)]
        for line in lines:
            cells = [getattr(line, name) for name in names]
            rows.append(" ".join(f"{cell:12.3f}" if isinstance(cell, float) else f"{cell:>12}" for cell in cells))
        return "\n".join(rows)


def judged(file: str, read: Read, limits: Limits) -> Line:
    found = [(item, kept(limits, readings)) for item, readings in read]
    relevance = [(bool(readings), item.relevant) for item, readings in found]
    types: list[tuple[bool, bool]] = []
    signals: list[tuple[bool, bool]] = []
    modality: list[tuple[str | None, str]] = []
    main: list[tuple[str | None, str]] = []
    for item, readings in found:
        types += _sets({reading.type for reading in readings}, {label.type for label in item.labels})
        signals += _sets(
            {(reading.type, reading.asserted) for reading in readings},
            {(label.type, label.asserted) for label in item.labels},
        )
        if item.labels:
            strongest = max(readings, key=_strength, default=None)
            main.append((strongest.type if strongest else None, item.labels[0].type))
        for reading in readings:
            true = [label.asserted for label in item.labels if label.type == reading.type]
            if true:
                modality.append((reading.asserted, reading.asserted if reading.asserted in true else true[0]))
    return Line(
        file=file,
        texts=len(found),
        relevance=f1(relevance),
        precision=precision(relevance),
        main_type=macro_f1(main),
        types=f1(types),
        modality=macro_f1(modality),
        signals=f1(signals),
    )


def _strength(reading: Reading) -> float:
    return reading.relevance * reading.chance


def _sets(found: AbstractSet[object], true: AbstractSet[object]) -> list[tuple[bool, bool]]:
    return [(each in found, each in true) for each in found | true]
