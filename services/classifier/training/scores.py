"""How good readings are, against labels: the figures of a report."""

from collections.abc import Iterable, Sequence


def f1(pairs: Iterable[tuple[bool, bool]]) -> float:
    """Of (found, true)."""
    right = wrong = missed = 0
    for found, true in pairs:
        right += found and true
        wrong += found and not true
        missed += true and not found
    return 2 * right / max(1, 2 * right + wrong + missed)


def precision(pairs: Sequence[tuple[bool, bool]]) -> float:
    found = [true for found, true in pairs if found]
    return sum(found) / max(1, len(found))


def macro_f1(pairs: Sequence[tuple[str | None, str]]) -> float:
    """Of (said, true), the mean over what is true."""
    kinds = sorted({true for _, true in pairs})
    return sum(f1((said == kind, true == kind) for said, true in pairs) for kind in kinds) / max(1, len(kinds))
