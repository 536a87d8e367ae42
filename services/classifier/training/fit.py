"""Logistic regression with many outputs on sparse features, by L-BFGS, in NumPy: no dependency beyond what the service
has, and the same weights on every run."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

MEMORY: Final = 8
LARGEST_STEPS: Final = 20


@dataclass(frozen=True)
class Rows:
    """Sparse rows of unit length: the columns of each, one after another."""

    columns: Ints
    values: Floats
    starts: Ints
    width: int

    def dot(self, weights: Floats) -> Floats:
        return _sums(weights[self.columns] * self.values[:, None], self.starts)


def _sums(parts: Floats, starts: Ints) -> Floats:
    """The sum of each run of rows; an empty run is 0 (reduceat would give the next row)."""
    padded = np.concatenate([parts, np.zeros((1, parts.shape[1]), np.float32)])
    sums = np.add.reduceat(padded, starts[:-1], axis=0)
    sums[np.diff(starts) == 0] = 0
    return sums


@dataclass(frozen=True)
class Vocabulary:
    """Keys of the features that count, sorted, and how telling each is (inverse document frequency)."""

    keys: Ints
    idf: Floats

    @classmethod
    def of(cls, texts: Sequence[frozenset[int]], at_least: int = 2) -> "Vocabulary":
        every = np.fromiter((key for text in texts for key in text), np.int64)
        keys, counts = np.unique(every, return_counts=True)
        kept = counts >= at_least
        idf = np.log((1 + len(texts)) / (1 + counts[kept])) + 1
        return cls(keys[kept], idf.astype(np.float32))

    def only(self, columns: Ints) -> "Vocabulary":
        return Vocabulary(self.keys[columns], self.idf[columns])

    def rows(self, texts: Iterable[frozenset[int]]) -> Rows:
        columns, values, starts = [], [], [0]
        for text in texts:
            wanted = np.sort(np.fromiter(text, np.int64, len(text)))
            at = np.searchsorted(self.keys, wanted).clip(max=len(self.keys) - 1)
            known = at[self.keys[at] == wanted]
            found = self.idf[known]
            columns.append(known)
            values.append(found / max(float(np.linalg.norm(found)), 1e-9))
            starts.append(starts[-1] + len(known))
        return Rows(np.concatenate(columns), np.concatenate(values), np.array(starts), len(self.keys))


@dataclass(frozen=True)
class Heads:
    weights: Floats
    bias: Floats


def fit(
    rows: Rows,
    targets: Floats,
    importance: Floats,
    *,
    softmax: bool = False,
    strength: float = 10.0,
    steps: int = 120,
) -> Heads:
    """`targets` and `importance`: a row for each row, a column for each output. `strength` as the C of liblinear."""
    outputs = targets.shape[1]
    transposed = _Transposed(rows)

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights, bias = flat[:-outputs].reshape(rows.width, outputs), flat[-outputs:]
        logits = rows.dot(weights) + bias
        cost, residual = (_softmax if softmax else _sigmoid)(logits, targets, importance)
        slope = np.concatenate([(transposed.dot(residual) + weights / strength).ravel(), residual.sum(axis=0)])
        return cost + float((weights**2).sum()) / (2 * strength), slope.astype(np.float32)

    flat = _minimise(loss, np.zeros(rows.width * outputs + outputs, np.float32), steps)
    return Heads(flat[:-outputs].reshape(rows.width, outputs), flat[-outputs:])


class _Transposed:
    def __init__(self, rows: Rows) -> None:
        at = np.repeat(np.arange(len(rows.starts) - 1), np.diff(rows.starts))
        order = np.argsort(rows.columns, kind="stable")
        self._rows = at[order]
        self._values = rows.values[order][:, None]
        self._starts = np.searchsorted(rows.columns[order], np.arange(rows.width + 1))

    def dot(self, residual: Floats) -> Floats:
        return _sums(residual[self._rows] * self._values, self._starts)


def _sigmoid(logits: Floats, targets: Floats, importance: Floats) -> tuple[float, Floats]:
    cost = importance * (np.logaddexp(0, logits) - targets * logits)
    residual: Floats = importance * (np.float32(1) / (np.float32(1) + np.exp(-logits)) - targets)
    return float(cost.sum()), residual


def _softmax(logits: Floats, targets: Floats, importance: Floats) -> tuple[float, Floats]:
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_total = np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    cost = importance * targets * (log_total - shifted)
    residual: Floats = importance * (np.exp(shifted - log_total) - targets)
    return float(cost.sum()), residual


Loss = Callable[[Floats], tuple[float, Floats]]


def _minimise(loss: Loss, start: Floats, steps: int) -> Floats:
    at, (cost, slope) = start, loss(start)
    moves: list[tuple[Floats, Floats, float]] = []
    for _ in range(steps):
        direction = _newton(slope, moves)
        step, downhill = 1.0 if moves else 1 / max(float(np.abs(slope).max()), 1.0), float(slope @ direction)
        for _ in range(LARGEST_STEPS):
            there = at + np.float32(step) * direction
            new_cost, new_slope = loss(there)
            if new_cost <= cost + 1e-4 * step * downhill:
                break
            step /= 2
        else:
            return at
        move, bend = there - at, new_slope - slope
        curvature = float(move @ bend)
        if curvature > 1e-10:
            moves = [*moves[-(MEMORY - 1) :], (move, bend, curvature)]
        settled = cost - new_cost < 1e-6 * abs(cost)
        at, cost, slope = there, new_cost, new_slope
        if settled:
            break
    return at


def _newton(slope: Floats, moves: list[tuple[Floats, Floats, float]]) -> Floats:
    """Two-loop recursion: minus the slope, bent by what the last moves told about the curvature."""
    direction, shares = -slope, []
    for move, bend, curvature in reversed(moves):
        share = float(move @ direction) / curvature
        shares.append(share)
        direction = direction - np.float32(share) * bend
    if moves:
        _, bend, curvature = moves[-1]
        direction = direction * np.float32(curvature / float(bend @ bend))
    for (move, bend, curvature), share in zip(moves, reversed(shares), strict=True):
        direction = direction + np.float32(share - float(bend @ direction) / curvature) * move
    return direction
