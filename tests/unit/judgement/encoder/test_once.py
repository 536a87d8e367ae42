"""What comes again, word for word, is not read again."""

from collections.abc import Iterator

from shared.domain.judgement.document import Document
from shared.domain.judgement.encoder.reader import Once
from shared.domain.judgement.reader import Reading
from tests.unit.judgement.texts import news

READING = Reading("price_move", "asserted", 0, 0, 1, 1, 1, 0, likeliest=True)


class Counting:
    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, document: Document) -> Iterator[Reading]:
        self.read.append(document.news.title)
        yield READING


def document(title: str, body: str = "") -> Document:
    return Document(news(title, body), "en", ())


def test_the_same_text_is_read_once() -> None:
    counting = Counting()
    once = Once(counting)
    assert [once(document("Gallium up")) for _ in range(3)] == [(READING,)] * 3
    assert counting.read == ["Gallium up"]


def test_where_the_headline_ends_matters() -> None:
    counting = Counting()
    once = Once(counting)
    once(document("Gallium", "up"))
    once(document("Gallium\nup"))
    assert len(counting.read) == 2


def test_what_has_not_come_for_longest_is_forgotten() -> None:
    counting = Counting()
    once = Once(counting, most=2)
    for title in ("a", "b", "a", "c", "a", "b"):
        once(document(title))
    assert counting.read == ["a", "b", "c", "b"]
