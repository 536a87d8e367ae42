"""From which probability a reading is kept, and how often readings like it are right: chosen on texts that the model
was not fitted on, and kept beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def _as_it_stands() -> Floats:
    return np.array([0, 1, 0], np.float32)


def _unknown() -> Floats:
    return np.zeros(4, np.float32)


@dataclass(frozen=True)
class Limits:
    relevant_from: float
    """Probability that a window is about supply, from which its readings are kept."""
    also_from: float
    """Probability of a type, from which it is a reading beside the likeliest one."""
    relevance: Floats = field(default_factory=_as_it_stands)
    """A constant, and what the logits of relevance and of the likeliest type weigh in a window's being about supply."""
    calibration: Floats = field(default_factory=_unknown)
    """Of confidence: a constant, and what the logits of relevance, type and modality weigh in it."""
    confident_from: float = 0
    """Confidence from which a reading is kept."""

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Limits":
        return cls(
            relevant_from=float(kept["relevant_from"]),
            also_from=float(kept["also_from"]),
            relevance=np.asarray(kept["relevance"], np.float32),
            calibration=np.asarray(kept["calibration"], np.float32),
            confident_from=float(kept["confident_from"]),
        )
