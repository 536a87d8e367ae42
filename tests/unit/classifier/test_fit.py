"""The trainer's arithmetic: what it fits is what logistic regression is."""

import numpy as np
import pytest

from services.classifier.training.fit import Vocabulary, fit


def test_a_row_holds_each_known_feature_once_and_has_unit_length() -> None:
    vocabulary = Vocabulary.of([frozenset([3, 7]), frozenset([3, 9]), frozenset([7, 9])])

    rows = vocabulary.rows([frozenset([3, 5, 7, 1_000]), frozenset()])

    assert vocabulary.keys.tolist() == [3, 7, 9]
    assert rows.columns.tolist() == [0, 1], "5 and 1000 are unknown, and do not stand for their neighbours"
    assert float(np.linalg.norm(rows.values)) == pytest.approx(1)
    assert rows.starts.tolist() == [0, 2, 2]


def test_features_that_occur_once_are_left_out() -> None:
    assert Vocabulary.of([frozenset([1, 2]), frozenset([2])]).keys.tolist() == [2]


def test_the_slope_is_nought_where_it_ends() -> None:
    """At the optimum the residuals balance the pull of the penalty, for each feature."""
    generator = np.random.default_rng(1)
    texts = [frozenset(generator.choice(12, size=5, replace=False).tolist()) for _ in range(200)]
    targets = np.array([[float(3 in text), float(len(text & {1, 2}) > 0)] for text in texts], np.float32)
    rows = Vocabulary.of(texts).rows(texts)

    heads = fit(rows, targets, np.ones_like(targets), steps=500)

    logits = rows.dot(heads.weights) + heads.bias
    residual = 1 / (1 + np.exp(-logits)) - targets
    slope = np.zeros_like(heads.weights)
    for row in range(len(texts)):
        at = slice(rows.starts[row], rows.starts[row + 1])
        slope[rows.columns[at]] += rows.values[at][:, None] * residual[row]
    assert np.abs(slope + heads.weights / 10).max() < 0.05
    assert ((logits > 0) == (targets > 0.5)).mean() > 0.99


def test_with_softmax_the_outputs_of_a_row_share_one_choice() -> None:
    texts = [frozenset([1, kind]) for kind in (2, 3, 4) for _ in range(5)]
    targets = np.array([[float(kind in text) for kind in (2, 3, 4)] for text in texts], np.float32)
    rows = Vocabulary.of(texts).rows(texts)

    heads = fit(rows, targets, np.ones_like(targets), softmax=True)

    assert (rows.dot(heads.weights) + heads.bias).argmax(axis=1).tolist() == targets.argmax(axis=1).tolist()
