"""The base's weights with the adapters in them, as the graph wants them: matrices as bytes, a scale for each column."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from shared.domain.judgement.encoder.base import Base, Floats, Shape

Arrays = Mapping[str, NDArray[Any]]

SHAPE: Final = Shape(hidden=384, layers=12, heads=12, inner=1536)
MATRICES: Final = ("qkv", "o", "i", "f")
VECTORS: Final = ("ob", "ib", "fb", "norm1", "norm1b", "norm2", "norm2b")
EXACT: Final = frozenset(["f4"])
"""Left as it is: a few of its values are so large that bytes would cost a third of all exactness here."""
SCALE: Final = 2.0
"""What an adapter's product is multiplied with (alpha 32 at rank 16)."""


def laid_in(base: Base, adapters: Arrays) -> dict[str, NDArray[Any]]:
    merged = _merged(base.weights(), adapters)
    found: dict[str, NDArray[Any]] = {"first": base.vector("emb.ln.w"), "firstb": base.vector("emb.ln.b")}
    for number in range(base.shape.layers):
        qkv = np.concatenate([merged[name][number] for name in "qkv"], axis=1)
        found[f"qkvb{number}"] = np.concatenate([merged[f"{name}b"][number] for name in "qkv"])
        for name in MATRICES:
            found.update(_matrix(f"{name}{number}", qkv if name == "qkv" else merged[name][number]))
        found |= {f"{name}{number}": np.ascontiguousarray(merged[name][number]) for name in VECTORS}
    return found


def _merged(weights: Mapping[str, Floats], adapters: Arrays) -> dict[str, Floats]:
    """Adapters are of the upper layers; the lower ones stay as the base has them."""
    merged = dict(weights)
    for name in adapters:
        if name.endswith("B"):
            continue
        told = merged[name.rstrip("A")]
        own = adapters[name].astype(np.float32)
        upper = told[len(told) - len(own) :]
        if name.endswith("A"):
            upper += SCALE * (own @ adapters[f"{name[:-1]}B"].astype(np.float32))
        else:
            upper[:] = own
    return merged


def _matrix(name: str, matrix: Floats) -> Iterator[tuple[str, NDArray[Any]]]:
    if name in EXACT:
        yield name, np.ascontiguousarray(matrix)
        return
    scale = np.maximum(np.abs(matrix).max(axis=0), 1e-9) / 127
    yield name, np.round(matrix / scale).astype(np.int8)
    yield f"{name}.scale", scale.astype(np.float32)
    if name.startswith("qkv"):
        yield f"{name}.zero", np.zeros(len(scale), np.int8)


@cache
def kinds_and_shapes(shape: Shape = SHAPE) -> Mapping[str, tuple[str, tuple[int, ...]]]:
    """What the graph takes from outside."""
    hidden, inner = shape.hidden, shape.inner
    sizes = {"qkv": (hidden, 3 * hidden), "o": (hidden, hidden), "i": (hidden, inner), "f": (inner, hidden)}
    found: dict[str, tuple[str, tuple[int, ...]]] = {"first": ("f4", (hidden,)), "firstb": ("f4", (hidden,))}
    for number in range(shape.layers):
        found[f"qkvb{number}"] = ("f4", (3 * hidden,))
        for name, size in sizes.items():
            exact = f"{name}{number}" in EXACT
            found[f"{name}{number}"] = ("f4" if exact else "i1", size)
            if not exact:
                found[f"{name}{number}.scale"] = ("f4", size[1:])
            if name == "qkv":
                found[f"qkv{number}.zero"] = ("i1", size[1:])
        found |= {f"{name}{number}": ("f4", (inner if name == "ib" else hidden,)) for name in VECTORS}
    return found
