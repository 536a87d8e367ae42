"""The network at work: the words of a chunk in, their states out. One chunk at a time on one thread: rounding to bytes
follows the largest value of a call, so that a text read alone and among others would not be told the same."""

from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime

from shared.domain.judgement.encoder.base import Base, Floats
from shared.domain.judgement.encoder.chunks import Ids
from shared.domain.judgement.encoder.weights import Arrays, laid_in

GRAPH: Final = Path(__file__).parent / "encoder.onnx"


class Network:
    def __init__(self, base: Base, adapters: Arrays) -> None:
        self._base = base
        weights = laid_in(base, adapters)
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(array) for array in weights.values()]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_external_initializers(list(weights), values)
        self._session = onnxruntime.InferenceSession(GRAPH.read_bytes(), options, providers=["CPUExecutionProvider"])

    def states(self, ids: Ids) -> Floats:
        embedded = self._base.embedded(ids) + self._base.positions[: len(ids)]
        given = {"embedded": embedded[None], "mask": np.ones((1, len(ids)), np.int32)}
        states: Floats = self._session.run(["states"], given)[0][0]
        return states
