"""A text made ready to be read: its sentences, and in each the materials, states and cues that it names."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, TypeVar

from shared.catalog.matcher import Span
from shared.contracts.events import News
from shared.domain.judgement import cues, layout, places, sentences
from shared.domain.judgement.cues import Cue
from shared.domain.judgement.gate import Names
from shared.domain.judgement.language import Language, language_of
from shared.domain.judgement.places import Place

Field = Literal["title", "body"]
_Found = TypeVar("_Found", Span, Place)
MATERIAL: Final = "qmat"
STATE: Final = "qgeo"
ACTOR: Final = "qact"
"""What stands in a masked sentence for a name: what is learned of terbium holds for gallium."""


@dataclass(frozen=True)
class Sentence:
    field: Field
    start: int
    end: int
    """Code points of the field as posted."""
    text: str
    language: Language | None
    materials: tuple[Span, ...]
    """Places of materials and states count from the beginning of the field."""
    places: tuple[Place, ...]

    @cached_property
    def folded(self) -> str:
        return self.text.lower().replace("’", "'")

    @property
    def asks(self) -> bool:
        return self.text.rstrip("”’»\"')）」』 ").endswith(("?", "？"))

    @cached_property
    def cues(self) -> list[Cue]:
        """Places count from the beginning of the sentence, in lower case."""
        return cues.find(self.folded, self.language)

    @cached_property
    def masked(self) -> str:
        """In lower case, with `qmat` for each material and `qgeo` or `qact` for each state."""
        named = [(span.start, span.end, MATERIAL) for span in self.materials]
        named += [(place.start, place.end, ACTOR if place.acts else STATE) for place in self.places]
        parts: list[str] = []
        reached = self.start
        for start, end, mask in sorted(named):
            if start >= reached:
                parts += (self.text[reached - self.start : start - self.start], f" {mask} ")
                reached = min(end, self.end)
        parts.append(self.text[reached - self.start :])
        return "".join(parts).lower().replace("’", "'")


@dataclass(frozen=True)
class Document:
    news: News
    language: Language | None
    sentences: tuple[Sentence, ...]


def analyse(news: News, names: Names) -> Document:
    language = language_of(f"{news.title}\n{news.body}", news.language)
    title = _sentences("title", news.title, names.title, language)
    body = _sentences("body", news.body, names.body, language)
    return Document(news, language, (*title, *body))


def _sentences(field: Field, text: str, spans: list[Span], language: Language | None) -> Iterator[Sentence]:
    states, clutter = places.find(text), layout.clutter(text)
    for start, end in sentences.split(text):
        if not _lies_in(clutter, start):
            found = _between(spans, start, end), _between(states, start, end)
            yield Sentence(field, start, end, text[start:end], language, *found)


def _lies_in(clutter: Sequence[layout.Span], start: int) -> bool:
    before = bisect_right(clutter, start, key=_start)
    return before > 0 and start < clutter[before - 1].end


def _between(found: list[_Found], start: int, end: int) -> tuple[_Found, ...]:
    """Of a sorted list; by bisection, as a page has many sentences and many names."""
    return tuple(found[bisect_left(found, start, key=_start) : bisect_left(found, end, key=_start)])


def _start(found: Span | Place | layout.Span) -> int:
    return found.start
