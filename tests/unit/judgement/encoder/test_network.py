"""The network of bytes against the same sums in full precision."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain.judgement.encoder.base import Base, Floats
from shared.domain.judgement.encoder.chunks import Ids
from shared.domain.judgement.encoder.network import Network
from shared.domain.judgement.encoder.weights import Arrays, kinds_and_shapes, laid_in
from tests.unit.judgement.encoder.the_base import base, tokens

TEXT = "query: China requires licences for exports of gallium and germanium from 1 August, the ministry said."


@cache
def network() -> Network:
    return Network(base(), {})


def ids(text: str = TEXT) -> Ids:
    return np.concatenate([[base().bos], tokens().of(text), [base().eos]]).astype(np.int32)


def alike(one: Floats, other: Floats) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_bytes_tell_what_full_precision_tells() -> None:
    exact = in_full_precision(base(), ids())
    told = network().states(ids())
    assert alike(exact.mean(axis=0), told.mean(axis=0)) > 0.99
    assert min(alike(one, other) for one, other in zip(exact, told, strict=True)) > 0.95


def test_the_same_text_is_told_the_same() -> None:
    assert np.array_equal(network().states(ids()), network().states(ids()))


def test_like_texts_are_alike() -> None:
    def mean(text: str) -> Floats:
        states = network().states(ids(f"query: {text}"))
        told: Floats = states.mean(axis=0)
        return told

    export = mean("China restricts exports of gallium.")
    assert alike(export, mean("China beschränkt die Ausfuhr von Gallium.")) > alike(export, mean("Arsenal won 2-1."))


def test_what_the_graph_takes_is_what_is_laid_in() -> None:
    laid = laid_in(base(), {})
    kinds = {"f4": np.dtype(np.float32), "i1": np.dtype(np.int8)}
    told = {name: (kinds[kind], shape) for name, (kind, shape) in kinds_and_shapes().items()}
    assert {name: (array.dtype, array.shape) for name, array in laid.items()} == told


@pytest.mark.parametrize("layers", [1, 4])
def test_adapters_change_the_upper_layers_alone(layers: int) -> None:
    plain, adapted = laid_in(base(), {}), laid_in(base(), adapters(layers))
    changed = {name for name in plain if not np.array_equal(plain[name], adapted[name])}
    upper = {f"f{number}" for number in range(12 - layers, 12)}
    assert upper <= changed
    assert changed == {name for name in plain if name.partition(".")[0] in upper}


def adapters(layers: int) -> Arrays:
    draws = np.random.default_rng(1)
    return {
        "fA": draws.standard_normal((layers, 1536, 16)).astype(np.float16),
        "fB": draws.standard_normal((layers, 16, 384)).astype(np.float16),
    }


def in_full_precision(base: Base, ids: Ids) -> Floats:
    weights = base.weights()
    x = _norm(base.embedded(ids) + base.positions[: len(ids)]) * base.vector("emb.ln.w") + base.vector("emb.ln.b")
    for n in range(base.shape.layers):
        w = {name: layers[n] for name, layers in weights.items()}
        q, k, v = (_heads(x @ w[name] + w[f"{name}b"]) for name in "qkv")
        looks = np.exp(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1]))
        seen = (looks / looks.sum(axis=-1, keepdims=True)) @ v
        x = _norm(x + seen.transpose(1, 0, 2).reshape(x.shape) @ w["o"] + w["ob"]) * w["norm1"] + w["norm1b"]
        x = _norm(x + _gelu(x @ w["i"] + w["ib"]) @ w["f"] + w["fb"]) * w["norm2"] + w["norm2b"]
    return x.astype(np.float32)


def _heads(x: Floats) -> Floats:
    return x.reshape(len(x), 12, -1).transpose(1, 0, 2)


def _norm(x: Floats) -> Floats:
    centred = x - x.mean(axis=-1, keepdims=True)
    normal: Floats = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
    return normal


def _gelu(x: NDArray[np.float32]) -> Floats:
    """By its usual approximation, good to a thousandth."""
    told: Floats = 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    return told
