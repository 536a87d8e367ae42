"""From the states of a chunk's words to what it says: each output looks for its own words, in the whole and in each
sentence, and weighs what it finds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.domain.judgement.encoder.base import Floats
from shared.domain.judgement.encoder.chunks import Chunk
from shared.domain.judgement.encoder.weights import Arrays


@dataclass(frozen=True)
class Told:
    """Logits of a chunk. Row 0 is the whole, then each of its sentences."""

    relevant: float
    types: Floats
    modality: Floats
    """Row × type × modality."""


@dataclass(frozen=True)
class Heads:
    look: Floats
    """What each type looks for; in the last row, what relevance does."""
    type: Floats
    type_bias: Floats
    relevant: Floats
    relevant_bias: Floats
    modality: Floats
    modality_bias: Floats
    modality_of: Floats

    @classmethod
    def of(cls, arrays: Arrays) -> "Heads":
        return cls(**{name: arrays[name].astype(np.float32) for name in cls.__dataclass_fields__})

    def told(self, chunk: Chunk, states: Floats) -> Told:
        width = states.shape[1]
        centred = states - states.mean(axis=1, keepdims=True)
        words = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
        mean = words.mean(axis=0)
        looks = self.look @ words.T / np.sqrt(width)
        seen = np.stack([_shares(looks[:, where]) @ words[where] for where in _segments(chunk)])
        of_types, of_relevance = seen[:, :-1], seen[0, -1]
        types = (of_types * self.type[:, :width]).sum(axis=-1) + self.type[:, width:] @ mean + self.type_bias
        relevant = of_relevance @ self.relevant[:width] + mean @ self.relevant[width:] + self.relevant_bias[0]
        modality = of_types @ self.modality[:, :width].T + self.modality[:, width:] @ mean + self.modality_bias
        modality += np.einsum("nkh,kah->nka", of_types, self.modality_of)
        return Told(float(relevant), types.astype(np.float32), modality.astype(np.float32))


def _segments(chunk: Chunk) -> list[NDArray[np.intp]]:
    """Places of the words of each row; a sentence that was cut away looks at the first sign."""
    whole = np.arange(len(chunk.ids))
    return [whole, *(_or_first(np.flatnonzero(chunk.at == place)) for place in range(len(chunk.sentences)))]


def _or_first(places: NDArray[np.intp]) -> NDArray[np.intp]:
    return places if len(places) else np.zeros(1, np.intp)


def _shares(looks: Floats) -> Floats:
    raised = np.exp(looks - looks.max(axis=-1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return shares
