"""Pictures of how well ours reads, and of what more texts bring."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from services.classifier.training.evaluate.curve import Point
from services.classifier.training.evaluate.measures import NONE, Judged
from services.classifier.training.heads import TYPES

BINS: Final = np.linspace(0, 1, 11)


def confusion(every: Sequence[Judged], path: Path) -> None:
    kinds = [*TYPES, NONE]
    counts = np.zeros((len(kinds), len(kinds)), int)
    for each in every:
        counts[kinds.index(each.true), kinds.index(each.said)] += 1
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = plt.subplots(figsize=(10, 9))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            axes.text(
                column,
                row,
                str(count),
                ha="center",
                va="center",
                fontsize=7,
                color="w" if shares[row, column] > 0.5 else "k",
            )
    axes.set_xticks(range(len(kinds)), kinds, rotation=90, fontsize=8)
    axes.set_yticks(range(len(kinds)), kinds, fontsize=8)
    axes.set(xlabel="said: type of the surest signal", ylabel="true: first label", title="Main type")
    _written(figure, path)


def reliability(every: Sequence[Judged], path: Path) -> None:
    told = [pair for each in every for pair in each.rightly()]
    confidence, right = np.array([c for c, _ in told]), np.array([r for _, r in told])
    at = np.digitize(confidence, BINS[1:-1])
    figure, axes = plt.subplots(figsize=(6, 5))
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for place in sorted(set(at.tolist())):
        here = at == place
        axes.scatter(confidence[here].mean(), right[here].mean(), s=8 + 2 * here.sum(), color="tab:blue", alpha=0.7)
        axes.annotate(str(here.sum()), (confidence[here].mean(), right[here].mean()), fontsize=8)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence of a signal", ylabel="share of them that is right")
    axes.set_title(f"Reliability: expected calibration error {calibration_error(every):.3f}")
    _written(figure, path)


def learning(curves: Mapping[str, Sequence[Point]], path: Path) -> None:
    figure, every = plt.subplots(1, 3, figsize=(11, 3.6), sharey=True)
    for axes, name in zip(every, ("relevance", "main_type", "every_type"), strict=True):
        for reader, points in curves.items():
            axes.plot([size for size, _ in points], [getattr(told, name) for _, told in points], "o-", label=reader)
        axes.set(xlabel="texts learned from", title=name.replace("_", " "), ylim=(0, 1), xscale="log")
    every[0].legend(loc="lower right")
    _written(figure, path)


def calibration_error(every: Sequence[Judged]) -> float:
    told = [pair for each in every for pair in each.rightly()]
    confidence, right = np.array([c for c, _ in told]), np.array([r for _, r in told], float)
    at = np.digitize(confidence, BINS[1:-1])
    return float(
        sum(abs((confidence[at == b] - right[at == b]).sum()) for b in range(len(BINS) - 1)) / max(1, len(told))
    )


def _written(figure: Figure, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
