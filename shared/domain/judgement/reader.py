"""From a document to readings: in each window which types it speaks of, in which sentence, and what the sentence does
with it. A reading is a claim found, not yet a signal (judge.py)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Final, cast

import numpy as np

from shared.contracts.signals import Asserted, SignalType
from shared.domain.judgement import features
from shared.domain.judgement.document import Document, Sentence
from shared.domain.judgement.light_model import LightModel, combined, light_model
from shared.domain.judgement.limits import Floats, Limits

WHOLE: Final = 120
WINDOW: Final = 60
"""Words: a text up to the one length is read as a whole, a longer one in windows of the other."""
FAINT: Final = 0.1
_LETTERS_A_WORD: Final = {"zh": 2.0, "ja": 2.0, "ko": 3.2}


@dataclass(frozen=True)
class Reading:
    type: SignalType
    asserted: Asserted
    window: int
    sentence: int
    """Index in the document of the sentence that says it."""
    relevance: float
    """Probabilities: that its window is about supply, that it speaks of the type, of the modality, and that it is good
    for buyers (of use for types that go both ways, a tariff or a quota)."""
    chance: float
    sure: float
    eases: float
    likeliest: bool
    """No other type is likelier in its window."""

    def confidence(self, calibration: Floats) -> float:
        """How often readings with these probabilities are right."""
        return combined(calibration, (self.relevance, self.chance, self.sure))


@dataclass(frozen=True)
class Reader:
    """Who reads: the light model alone, or the encoder (encoder/reader.py)."""

    name: str
    limits: Limits
    read: Callable[[Document], Iterable[Reading]]


@cache
def light_reader() -> Reader:
    model = light_model()
    return Reader(model.name, model.limits, partial(read, model=model))


def read(document: Document, model: LightModel) -> Iterator[Reading]:
    """Likeliest first within each window, windows in order. The caller decides which of them to keep."""
    per_sentence = [features.of(sentence) for sentence in document.sentences]
    for number, window in enumerate(windows(document.sentences)):
        found = [per_sentence[index] for index in window]
        logits = model.text.logits(features.of_text([document.sentences[index] for index in window], found))
        shares = np.stack([model.text.shares(own) for own in found])
        for output in _worth_a_look(logits):
            told_by = window[int(shares[:, output].argmax())]
            yield _reading(document, model, per_sentence, number, told_by, output, logits)


def windows(sentences: Sequence[Sentence]) -> list[list[int]]:
    """Indexes of sentences that are read together."""
    sizes = [_words(sentence) for sentence in sentences]
    if sum(sizes) <= WHOLE:
        return [list(range(len(sentences)))] if sentences else []
    made: list[list[int]] = []
    room = 0.0
    for index, size in enumerate(sizes):
        if size > room or not made:
            made.append([])
            room = float(WINDOW)
        made[-1].append(index)
        room -= size
    return made


def claim_features(
    kind: str, sentences: Sequence[Sentence], per_sentence: Sequence[frozenset[str]], index: int
) -> set[str]:
    """Of one sentence, the two beside it and the title."""
    near = [
        other
        for place, other in enumerate(per_sentence)
        if place != index and (abs(place - index) == 1 or (place == 0 and sentences[0].field == "title"))
    ]
    return features.of_claim(kind, sentences[index], per_sentence[index], near)


def probability(logit: float) -> float:
    return float(1 / (1 + np.exp(-np.float64(logit))))


def _words(sentence: Sentence) -> float:
    return len(sentence.text) / _LETTERS_A_WORD.get(sentence.language or "", 6.0)


def _worth_a_look(logits: Floats) -> list[int]:
    """Outputs of types: the likeliest first, then each that is not out of the question."""
    order = [int(output) + 1 for output in np.argsort(-logits[1:], kind="stable")]
    return order[:1] + [output for output in order[1:] if probability(logits[output]) >= FAINT]


def _reading(
    document: Document,
    model: LightModel,
    per_sentence: Sequence[frozenset[str]],
    window: int,
    told_by: int,
    output: int,
    logits: Floats,
) -> Reading:
    kind = model.text.outputs[output]
    claim = claim_features(kind, document.sentences, per_sentence, told_by)
    modality = model.claim.logits(claim)
    chosen = int(modality.argmax())
    chances = np.exp(modality - modality.max())
    return Reading(
        type=cast("SignalType", kind),
        asserted=_asserted(document.sentences[told_by], modality=model.claim.outputs[chosen]),
        window=window,
        sentence=told_by,
        relevance=combined(model.limits.relevance, (probability(logits[0]), probability(logits[1:].max()))),
        chance=probability(logits[output]),
        sure=float(chances[chosen] / chances.sum()),
        eases=probability(model.way.logits(claim)[0]),
        likeliest=bool(logits[output] == logits[1:].max()),
    )


def _asserted(sentence: Sentence, modality: str) -> Asserted:
    """A question asserts nothing; of what it is about the answer may deny it."""
    return "speculated" if sentence.asks and modality == "asserted" else cast("Asserted", modality)
