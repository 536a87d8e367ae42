"""Whose act a claim is about, and at what and whom it aims: from its sentence, else from what stands around it."""

import re
from collections import Counter
from collections.abc import Sequence
from enum import IntEnum
from typing import Final

from shared.contracts.signals import SignalType
from shared.domain.judgement.document import Sentence
from shared.domain.judgement.places import Place

NO_ISSUER: Final = frozenset[SignalType](["price_move", "supply_disruption", "capacity_addition"])
"""A mine floods and a price moves without a state that acts."""
NO_TARGETS: Final = NO_ISSUER
MOST_TARGETS: Final = 5
_LOOK: Final = 24
_TOWARDS = re.compile(
    r"(?:\b(?:to|for|against|into|towards?|on|gegen|für|nach|an|vers|contre|pour|aux?|hacia|contra|para|a|tegen|naar|voor|aan)"
    r"\s(?:the |some |all |die |den |les |la |los |de )?(?:\w+ )?|[对向對]|대\s?)$"
)
_PEOPLE = re.compile(
    r"(?:-bound| (?:\w+ )?(?:firms?|compan(?:y|ies)|buyers?|entit(?:y|ies)|importers?|customers?|users?|makers?|"
    r"groups?|manufacturers?|goods|imports|defen[cs]e)\b|(?:企业|公司|实体|用户|客户|军)|(?:企業|向け|の企業|メーカー)|(?:\s?기업|\s?업체|행))"
)
_IN = re.compile(
    r"(?:\b(?:in|at|near|around|across|à|dans|chez|en|bei|te)\s(?:the |la |le |den |der |die |het |el )?"
    r"(?:\w+ (?:and|et|und|en|y) )?|[在於于])$",
    re.IGNORECASE,
)
_PEOPLE_IN = re.compile(
    r"\b(?:buyers|importers|traders|houses|makers|firms|companies|users|customers|dealers) $", re.IGNORECASE
)
_ARTICLE = re.compile(r"(?:the |die |la |le |l')?", re.IGNORECASE)


def materials(told_by: int, sentences: Sequence[Sentence]) -> tuple[str, ...]:
    """Of the sentence, and after a headline of the next one, which spells it out; where it names none, of the nearest
    before it, else the nearest after it."""
    if sentences[told_by].field == "title" and (named := _slugs(sentences[told_by])):
        return tuple(dict.fromkeys(named + _slugs(*sentences[told_by + 1 : told_by + 2])))
    for index in (told_by, *range(told_by - 1, -1, -1), *range(told_by + 1, len(sentences))):
        if named := _slugs(sentences[index]):
            return named
    return ()


def issuer(kind: SignalType, told_by: int, sentences: Sequence[Sentence]) -> str | None:
    """The state that most clearly acts, of those in the sentence and the title; else of those in the text."""
    if kind in NO_ISSUER:
        return None
    for group in (_near(told_by, sentences), sentences):
        named = [(part, place) for sentence in group for place in sentence.places if (part := _part(sentence, place))]
        if named:
            clearest = min(part for part, _ in named)
            return _first_or_most([place.country for part, place in named if part == clearest])
    return None


class _Part(IntEnum):
    """Of a state in what is said, the clearest first."""

    ACTS = 1
    """A sentence begins with it, or a capital or an agency stands for its government."""
    NAMED = 2
    PLACE = 3
    """Where something happens."""
    AIMED_AT = 4
    """A government, and yet not the one that acts."""


def _part(sentence: Sentence, place: Place) -> _Part | None:
    """None: no part in the act, as of buyers in a country, or of a capital where a headline sets its story."""
    start = place.start - sentence.start
    before = sentence.text[max(0, start - _LOOK) : start]
    if _aimed_at(sentence, place):
        return _Part.AIMED_AT if place.acts else None
    owns = sentence.text.startswith(("'s", "’s"), place.end - sentence.start)
    if not owns and (where := _IN.search(before)):
        is_setting = place.acts and sentence.field == "title"  # frost in Tokyo
        if is_setting or _PEOPLE_IN.search(before, 0, where.start()):
            return None
        return _Part.NAMED if place.acts else _Part.PLACE
    begins = _ARTICLE.fullmatch(sentence.text, 0, start)
    return _Part.ACTS if place.acts or begins else _Part.NAMED


def targets(kind: SignalType, acting: str | None, told_by: int, sentences: Sequence[Sentence]) -> tuple[str, ...]:
    """The states at which the sentence or the title aims; else the other states of the sentence."""
    if kind in NO_TARGETS:
        return ()
    near = _near(told_by, sentences)
    aimed = [place.country for sentence in near for place in sentence.places if _aimed_at(sentence, place)]
    named = [place.country for place in sentences[told_by].places if not place.acts]
    return tuple(country for country in dict.fromkeys(aimed or named) if country != acting)[:MOST_TARGETS]


def aims(sentence: Sentence) -> bool:
    return any(_aimed_at(sentence, place) for place in sentence.places)


def _near(told_by: int, sentences: Sequence[Sentence]) -> list[Sentence]:
    title = [sentence for sentence in sentences if sentence.field == "title"]
    return [sentences[told_by], *(sentence for sentence in title if sentence is not sentences[told_by])]


def _aimed_at(sentence: Sentence, place: Place) -> bool:
    start, end = place.start - sentence.start, place.end - sentence.start
    before, after = sentence.text[max(0, start - _LOOK) : start], sentence.text[end : end + _LOOK]
    own = sentence.text[start:end]
    return bool(_TOWARDS.search(before) or _PEOPLE.match(after)) or own[0] in "对対대"


def _slugs(*sentences: Sentence) -> tuple[str, ...]:
    return tuple(dict.fromkeys(span.slug for sentence in sentences for span in sentence.materials))


def _first_or_most(countries: Sequence[str]) -> str:
    (most, times), *_ = Counter(countries).most_common(1)
    return most if times > 1 else countries[0]
