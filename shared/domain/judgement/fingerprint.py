"""What a text is known by when it comes again: as a whole, however it is set; and sentence by sentence, whatever
headline and byline stand above it and whatever surrounds it."""

import html
import re
import unicodedata
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

from shared.domain.judgement.document import Document

MOST_SENTENCES: Final = 64
_TELLING_FROM: Final = 24
"""Letters: shorter sentences stand in many texts."""
_LETTERS_A_CHARACTER: Final = 2.5
"""Of Chinese and its like."""
_REST = re.compile(r"[\W_]+")


def exact(title: str, body: str) -> str:
    """128 bits of the normalised text: equal for copies that differ in case, width, spaces or punctuation only."""
    return blake2b(normal(f"{title}\n{body}").encode(), digest_size=16).hexdigest()


def sentence(text: str) -> int | None:
    """48 bits, exact in any reader of JSON; None for one too short to be known by."""
    normalised = normal(text)
    letters = sum(1 if letter < "\u1100" else _LETTERS_A_CHARACTER for letter in normalised)
    if letters < _TELLING_FROM:
        return None
    return int.from_bytes(blake2b(normalised.encode(), digest_size=6).digest())


def near(document: Document, told_by: Iterable[int]) -> tuple[int, ...]:
    """Of the sentences of the body that signals rest on, then of the others; of many the smallest numbers: the same
    ones in every copy. A headline counts where nothing stands below it."""
    field = "body" if document.news.body else "title"
    own = [each for each in document.sentences if each.field == field]
    rests_on = (sentence(each.text) for index in told_by if (each := document.sentences[index]).field == field)
    told = dict.fromkeys(known for known in rests_on if known is not None)
    others = {known for each in own if (known := sentence(each.text)) is not None}
    return (*told, *sorted(others - told.keys()))[:MOST_SENTENCES]


def normal(text: str) -> str:
    """Its letters and digits, however they were set."""
    return _REST.sub("", unicodedata.normalize("NFKC", html.unescape(text)).casefold())
