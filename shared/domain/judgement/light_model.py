"""The light model: linear heads on the features of a window, learned from labelled texts and kept in `light_model.npz`.

It needs NumPy alone and answers in well under a millisecond. It decides where there is no encoder."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from shared.domain.judgement import features
from shared.domain.judgement.limits import Floats, Limits
from shared.errors import ChokepointError

FILE: Final = Path(__file__).parent / "light_model.npz"
HEADS: Final = ("text", "claim", "way")
"""Of a window: is it about supply, and each type. Of the sentence that says it: its modality; and whether it eases."""


@dataclass(frozen=True)
class Linear:
    outputs: tuple[str, ...]
    keys: NDArray[np.uint32]
    """Of the features that count, sorted: a key's place is its row."""
    idf: Floats
    weights: Floats
    bias: Floats

    def logits(self, found: Iterable[str]) -> Floats:
        rows = self._rows(found)
        values = self.idf[rows]
        length = max(float(np.linalg.norm(values)), 1e-9)
        return np.asarray((values / length) @ self.weights[rows] + self.bias, np.float32)

    def shares(self, found: Iterable[str]) -> Floats:
        """What a part of a window adds to each output, but for the window's length: larger means more telling."""
        rows = self._rows(found)
        return np.asarray(self.idf[rows] @ self.weights[rows], np.float32)

    def _rows(self, found: Iterable[str]) -> NDArray[np.intp]:
        # sorted: the same sum, to the last bit, whatever order a set has
        wanted = np.sort(np.fromiter(map(features.key, found), np.uint32))
        at = np.searchsorted(self.keys, wanted).clip(max=len(self.keys) - 1)
        return np.asarray(at[self.keys[at] == wanted], np.intp)


@dataclass(frozen=True)
class LightModel:
    name: str
    text: Linear
    claim: Linear
    way: Linear
    limits: Limits


@cache
def light_model() -> LightModel:
    return load(FILE)


def load(path: "Path | BinaryIO") -> LightModel:
    try:
        with np.load(path, allow_pickle=False) as kept:
            if int(kept["features"]) != features.VERSION:
                raise ChokepointError(f"{path.name} was trained on other features: run `make train`")
            linear = {head: _linear(kept, head) for head in HEADS}
            return LightModel(
                name=f"light@{kept['version']}",
                **linear,
                limits=Limits.of(kept),
            )
    except (OSError, KeyError, ValueError) as error:
        raise ChokepointError(f"{path} is no light model ({error}): bring it back, or run `make train`") from error


def combined(weights: Floats, probabilities: Iterable[float]) -> float:
    """One probability from several: a constant and a weight for the logit of each."""
    constant, *others = (float(weight) for weight in weights)
    told = sum(weight * logit(part) for weight, part in zip(others, probabilities, strict=True))
    return 1 / (1 + math.exp(-(constant + told)))


def logit(probability: float) -> float:
    inside = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(inside / (1 - inside))


def _linear(kept: "np.lib.npyio.NpzFile", head: str) -> Linear:
    """Weights are kept as whole numbers of one byte, a scale for each output."""
    return Linear(
        outputs=tuple(kept[f"{head}_outputs"].tolist()),
        keys=kept[f"{head}_keys"],
        idf=kept[f"{head}_idf"].astype(np.float32),
        weights=kept[f"{head}_weights"].astype(np.float32) * kept[f"{head}_scale"].astype(np.float32),
        bias=kept[f"{head}_bias"].astype(np.float32),
    )
