"""What the encoder reads at once."""

import numpy as np

from shared.domain.judgement.document import Sentence
from shared.domain.judgement.encoder.chunks import LARGEST, NONE, RUN, Chunk, Signs, chunks

SIGNS = Signs(prefix=np.array([7], np.int32), begin=0, end=2)


def sentences(*sizes: int, title: int = 5) -> list[Sentence]:
    """Of so many words each; the first is the headline."""
    texts = [" ".join(["word"] * size) for size in (title, *sizes)]
    return [
        Sentence("body" if number else "title", 0, len(text), text, "en", (), ()) for number, text in enumerate(texts)
    ]


def one_a_word(text: str) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.full(len(text.split()), 9, np.int32)


def of(*sizes: int) -> list[Chunk]:
    return chunks(sentences(*sizes), one_a_word, SIGNS)


def test_a_short_text_is_read_whole() -> None:
    (whole,) = of(20, 30)
    assert whole.sentences == (0, 1, 2)
    assert whole.own == {0, 1, 2}
    assert len(whole.ids) == 1 + 1 + 5 + 20 + 30 + 1


def test_each_word_knows_its_sentence() -> None:
    (whole,) = of(2, 3)
    assert whole.at.tolist() == [NONE, NONE, *[0] * 5, *[1] * 2, *[2] * 3, NONE]
    assert (whole.ids[0], whole.ids[1], whole.ids[-1]) == (0, 7, 2)


def test_a_long_text_is_read_in_runs_under_its_headline() -> None:
    read = of(*[50] * 10)
    assert len(read) == 5
    assert all(chunk.sentences[0] == 0 for chunk in read)
    assert sorted(index for chunk in read for index in chunk.own) == list(range(11)), "each is judged once"


def test_a_run_sees_the_sentences_beside_it() -> None:
    second = of(*[50] * 10)[1]
    assert (sorted(second.own), second.sentences) == ([3, 4], (0, 2, 3, 4, 5))


def test_a_long_neighbour_is_left_out() -> None:
    first = of(*[RUN - 10] * 4)[0]
    assert first.sentences == (0, 1)


def test_what_is_too_long_is_cut() -> None:
    (cut,) = chunks(sentences(title=2_000), one_a_word, SIGNS)
    assert len(cut.ids) == LARGEST + 2


def test_nothing_has_no_chunks() -> None:
    assert chunks([], one_a_word, SIGNS) == []


def test_of_a_long_text_only_what_is_worth_reading_is_read() -> None:
    page = sentences(*[50] * 10)
    read = chunks(page, one_a_word, SIGNS, worth_reading=lambda index: index in (3, 8))
    assert [chunk.sentences for chunk in read] == [(0, 3, 8)]


def test_of_a_short_text_all_is_read() -> None:
    (whole,) = chunks(sentences(20, 30), one_a_word, SIGNS, worth_reading=lambda _: False)
    assert whole.sentences == (0, 1, 2)


def test_where_nothing_is_worth_it_the_headline_is_read() -> None:
    (title,) = chunks(sentences(*[50] * 10), one_a_word, SIGNS, worth_reading=lambda _: False)
    assert title.sentences == (0,)
