"""One proposition, one signal. In a sentence, one thing is done to a measure, to a licence, to a listing: of the types
that would say it, the likeliest is meant. Of 3,354 labelled texts four say otherwise of a measure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from shared.contracts.signals import SignalType
from shared.domain.judgement import scope
from shared.domain.judgement.document import Document
from shared.domain.judgement.light_model import logit
from shared.domain.judgement.reader import Reading

ON_A_MEASURE: Final = frozenset[SignalType](
    ["control_imposed", "control_expanded", "control_suspended", "control_lifted", "technology_ban", "export_halt"]
)
ON_A_LICENCE: Final = frozenset[SignalType](
    ["licence_granted", "licence_denied", "licence_delayed", "licence_regime_change"]
)
ON_A_LISTING: Final = frozenset[SignalType](["blacklist_added", "blacklist_removed", "blacklist_suspended"])
BANNED_FOR_ONE_DESTINATION: Final = 2.0
"""Log-odds: what is prohibited for one destination is a control that stands and no stop of everything, which words
alone do not tell. Of the labelled sentences that speak so ten are controls, and of three halts two are denied."""


def likeliest(readings: Sequence[Reading], document: Document) -> Iterator[Reading]:
    """One for each proposition, in their order: as sure as its surest rival that the proposition is told."""
    for reading in readings:
        rivals = [other for other in readings if _of_one_proposition(reading, other, document)]
        if reading is max(rivals, key=lambda rival: _weight(rival, document)):
            chance, first = max(rival.chance for rival in rivals), any(rival.likeliest for rival in rivals)
            yield replace(reading, chance=chance, likeliest=first)


def _of_one_proposition(one: Reading, other: Reading, document: Document) -> bool:
    """A brief's headline and its body tell one act on a measure; of licences they may tell one granted, one denied."""
    kinds = _kinds(one.type)
    if one is other:
        return True
    if other.type not in kinds or one.asserted != other.asserted:
        return False
    return one.sentence == other.sentence or (
        kinds is ON_A_MEASURE and one.window == other.window and _of_the_same(one, other, document)
    )


def _of_the_same(one: Reading, other: Reading, document: Document) -> bool:
    mine, its = (scope.materials(each.sentence, document.sentences) for each in (one, other))
    return mine == its or not set(mine).isdisjoint(its)


def _kinds(kind: SignalType) -> frozenset[SignalType]:
    return next((kinds for kinds in (ON_A_MEASURE, ON_A_LICENCE, ON_A_LISTING) if kind in kinds), frozenset())


def _weight(reading: Reading, document: Document) -> float:
    sentence = document.sentences[reading.sentence]
    stands = (
        reading.type == "control_imposed" and scope.aims(sentence) and any(cue.kind == "ban" for cue in sentence.cues)
    )
    return logit(reading.chance) + (BANNED_FOR_ONE_DESTINATION if stands else 0)
