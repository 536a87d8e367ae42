"""Whose act a claim is about, and at what and whom it aims: from its sentence, else from what stands around it."""

import re
from collections import Counter
from collections.abc import Sequence
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
    """Who acts: a capital or an agency in the sentence or the title, else a state named there, else in the text; those
    at whom it is aimed come last."""
    if kind in NO_ISSUER:
        return None
    for group in (_near(told_by, sentences), sentences):
        named = [(_aimed_at(sentence, place), place) for sentence in group for place in sentence.places]
        for aimed, acts in ((False, True), (False, False), (True, True)):
            if fitting := [place.country for at, place in named if (at, place.acts) == (aimed, acts)]:
                return _first_or_most(fitting)
    return None


def targets(kind: SignalType, acting: str | None, told_by: int, sentences: Sequence[Sentence]) -> tuple[str, ...]:
    """The states at which the sentence or the title aims; else the other states of the sentence."""
    if kind in NO_TARGETS:
        return ()
    near = _near(told_by, sentences)
    aimed = [place.country for sentence in near for place in sentence.places if _aimed_at(sentence, place)]
    named = [place.country for place in sentences[told_by].places if not place.acts]
    return tuple(country for country in dict.fromkeys(aimed or named) if country != acting)[:MOST_TARGETS]


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
