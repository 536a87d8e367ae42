"""From a document to readings, by the encoder. What goes which way (a tariff up or down) the light model tells."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from hashlib import blake2b
from typing import Final, cast

import numpy as np

from shared.contracts.signals import Asserted, SignalType
from shared.domain.judgement import features
from shared.domain.judgement.document import Document
from shared.domain.judgement.encoder.base import Floats
from shared.domain.judgement.encoder.chunks import Chunk
from shared.domain.judgement.encoder.glance import Glance
from shared.domain.judgement.encoder.heads import Told
from shared.domain.judgement.encoder.model import Encoder
from shared.domain.judgement.light_model import LightModel, combined, light_model
from shared.domain.judgement.reader import FAINT, Reader, Reading, claim_features, probability

REMEMBERED: Final = 2_000
"""Texts of which it is known what was read."""
OF_WHOLE: Final = 0.5
"""What a chunk as a whole weighs beside its sentences."""


def encoder_reader(encoder: Encoder) -> Reader:
    return Reader(encoder.name, encoder.limits, Once(partial(read, encoder=encoder, light=light_model())))


class Once:
    """News comes many times, word for word: it is read when it comes first."""

    def __init__(self, reading: Callable[[Document], Iterable[Reading]], most: int = REMEMBERED) -> None:
        self._reading = reading
        self._most = most
        self._read: dict[bytes, tuple[Reading, ...]] = {}

    def __call__(self, document: Document) -> tuple[Reading, ...]:
        news = document.news
        key = blake2b(f"{news.language}\0{news.title}\0{news.body}".encode(errors="surrogatepass")).digest()
        found = self._read.pop(key, None)
        self._read[key] = found = tuple(self._reading(document)) if found is None else found
        if len(self._read) > self._most:
            del self._read[next(iter(self._read))]
        return found


def read(document: Document, encoder: Encoder, light: LightModel) -> Iterator[Reading]:
    """Likeliest first within each chunk, chunks in order."""
    own = [features.of(sentence) for sentence in document.sentences]
    glance = Glance(document.sentences, own, light)
    for number, chunk in enumerate(glance.best(encoder.chunks(document, glance.sees_something))):
        told = encoder.told(chunk)
        rows = [row for row, index in enumerate(chunk.sentences, 1) if index in chunk.own]
        beside = _light_logits(chunk, document, own, light)
        chances = OF_WHOLE * told.types[0] + (1 - OF_WHOLE) * told.types[rows].max(axis=0)
        chances += encoder.beside.types * beside[1:]
        about = probability(told.relevant + encoder.beside.relevance * beside[0])
        relevance = combined(encoder.limits.relevance, (about, probability(chances.max())))
        for kind in _worth_a_look(chances, told.types[rows]):
            name = light.text.outputs[kind + 1]
            place = chunk.sentences[rows[int(told.types[rows, kind].argmax())] - 1]
            claim = claim_features(name, document.sentences, own, place)
            modality = _modality(told, rows, kind, encoder.beside.modality * light.claim.logits(claim))
            chosen = int(modality.argmax())
            yield Reading(
                type=cast("SignalType", name),
                asserted=cast("Asserted", light.claim.outputs[chosen]),
                window=number,
                sentence=place,
                relevance=relevance,
                chance=probability(chances[kind]),
                sure=float(modality[chosen]),
                eases=probability(light.way.logits(claim)[0]),
                likeliest=bool(chances[kind] == chances.max()),
            )


def _light_logits(chunk: Chunk, document: Document, own: Sequence[frozenset[str]], light: LightModel) -> Floats:
    judged = [index for index in chunk.sentences if index in chunk.own]
    found = features.of_text([document.sentences[index] for index in judged], [own[index] for index in judged])
    return light.text.logits(found)


def _worth_a_look(chances: Floats, of_sentences: Floats) -> list[int]:
    order = [int(kind) for kind in np.argsort(-chances, kind="stable")]
    return order[:1] + [
        kind for kind in order[1:] if probability(max(chances[kind], of_sentences[:, kind].max())) >= FAINT
    ]


def _modality(told: Told, rows: Sequence[int], kind: int, beside: Floats) -> Floats:
    """Of the whole, and of the sentences as far as each speaks of the type."""
    shares = _shares(told.modality[[0, *rows], kind])
    speaks = (1 / (1 + np.exp(-told.types[rows, kind]))) ** 2
    mixed = OF_WHOLE * shares[0] + (1 - OF_WHOLE) * (speaks @ shares[1:]) / max(float(speaks.sum()), 1e-9)
    return _shares(np.log(np.maximum(mixed, 1e-9)) + beside)


def _shares(logits: Floats) -> Floats:
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return shares
