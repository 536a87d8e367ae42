"""What ours is measured beside: words alone, the light model, and the base model as it comes with linear heads."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, cast

import numpy as np

from services.classifier.training.encoder.finish import AS_IT_STANDS, readings
from services.classifier.training.fit import Floats, Heads, Rows, fit
from services.classifier.training.heads import MODALITIES, TYPES
from services.classifier.training.texts import Prepared
from services.classifier.training.thresholds import choose
from shared.contracts.signals import Asserted, SignalType
from shared.domain.judgement.document import Document
from shared.domain.judgement.encoder.base import Base
from shared.domain.judgement.encoder.chunks import chunks
from shared.domain.judgement.encoder.network import Network
from shared.domain.judgement.encoder.tokens import Tokens
from shared.domain.judgement.encoder.weights import SHAPE
from shared.domain.judgement.light_model import LightModel, combined
from shared.domain.judgement.limits import Limits
from shared.domain.judgement.reader import Reader, Reading, probability, read

BY_WORD: Final[dict[str, SignalType]] = {
    "deny": "licence_denied",
    "delay": "licence_delayed",
    "grant": "licence_granted",
    "lift": "control_lifted",
    "suspend": "control_suspended",
    "expand": "control_expanded",
    "halt": "export_halt",
    "technology": "technology_ban",
    "quota": "quota_change",
    "tariff": "tariff_change",
    "list": "blacklist_added",
    "enforcement": "enforcement_crackdown",
    "ban": "control_imposed",
    "impose": "control_imposed",
    "regime": "licence_regime_change",
    "disruption": "supply_disruption",
    "capacity": "capacity_addition",
    "price": "price_move",
    "control": "control_imposed",
    "diplomacy": "diplomatic_signal",
}
"""A class of the lexicon's cues, the first that a sentence has."""


def keywords() -> Reader:
    """What such systems do: a material and a word for it in one sentence is an event that happened."""
    return Reader("keywords", Limits(relevant_from=0, also_from=0), _by_words)


def _by_words(document: Document) -> Iterator[Reading]:
    for number, sentence in enumerate(document.sentences):
        said = {cue.kind for cue in sentence.cues}
        kind = next((kind for word, kind in BY_WORD.items() if word in said), None)
        if kind and sentence.materials:
            yield Reading(kind, "asserted", number, number, 1, 1, 1, 0, likeliest=True)


def light_reader(model: LightModel, chosen_on: Sequence[Prepared]) -> Reader:
    limits = choose(readings(chosen_on, Reader("light", model.limits, partial(read, model=model))))
    return Reader("light", limits, partial(read, model=replace(model, limits=limits)))


class Frozen:
    """Linear heads on the mean of the states of a text's words, as the base makes them."""

    def __init__(self, base: Base) -> None:
        self._network, self._tokens = Network(base, {}), Tokens(base)
        self._seen: dict[tuple[str, str], Floats] = {}

    def reader(self, learn: Sequence[Prepared], chosen_on: Sequence[Prepared]) -> Reader:
        rows = [self._rows(each.document).mean(axis=0) for each in learn]
        kinds = np.array([[t in {label.type for label in p.item.labels} for t in TYPES] for p in learn], np.float32)
        relevant = np.array([[bool(p.item.labels)] for p in learn], np.float32)
        told = [(row, p.item.labels[0].asserted) for row, p in zip(rows, learn, strict=True) if p.item.labels]
        modality = np.array([[asserted == m for m in MODALITIES] for _, asserted in told], np.float32)
        heads = _fitted(rows, np.hstack([relevant, kinds]), softmax=False)
        says = _fitted([row for row, _ in told], modality, softmax=True)

        def read_by(document: Document, weights: Floats) -> Iterator[Reading]:
            for number, row in enumerate(self._rows(document) if document.sentences else ()):
                yield from _readings(row, number, heads, says, weights)

        plain = Reader("frozen", AS_IT_STANDS, partial(read_by, weights=AS_IT_STANDS.relevance))
        limits = choose(readings(chosen_on, plain))
        return Reader("frozen", limits, partial(read_by, weights=limits.relevance))

    def _rows(self, document: Document) -> Floats:
        """One for each chunk; made once."""
        text = (document.news.title, document.news.body)
        if text not in self._seen:
            found = chunks(document.sentences, self._tokens.of, self._tokens.signs)
            means = [self._network.states(chunk.ids).mean(axis=0) for chunk in found]
            self._seen[text] = np.stack(means or [np.zeros(SHAPE.hidden)]).astype(np.float32)
        return self._seen[text]


def _readings(row: Floats, number: int, heads: Heads, says: Heads, weights: Floats) -> Iterator[Reading]:
    logits, modality = row @ heads.weights + heads.bias, row @ says.weights + says.bias
    order = np.argsort(-logits[1:], kind="stable")
    shares = np.exp(modality - modality.max())
    relevance = combined(weights, (probability(logits[0]), probability(logits[1:].max())))
    for kind in order[:4].tolist():
        yield Reading(
            type=cast("SignalType", TYPES[kind]),
            asserted=cast("Asserted", MODALITIES[int(modality.argmax())]),
            window=number,
            sentence=0,
            relevance=relevance,
            chance=probability(logits[1 + kind]),
            sure=float(shares.max() / shares.sum()),
            eases=0,
            likeliest=kind == order[0],
        )


def _fitted(rows: Iterable[Floats], targets: Floats, *, softmax: bool) -> Heads:
    every = np.stack(list(rows))
    count, width = every.shape
    columns, starts = np.tile(np.arange(width), count), np.arange(count + 1) * width
    return fit(Rows(columns, every.ravel(), starts, width), targets, np.ones_like(targets), softmax=softmax)
