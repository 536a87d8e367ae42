"""Of a long text the encoder reads what the light model sees something in at a glance."""

import numpy as np

from shared.domain.judgement import features, gate
from shared.domain.judgement.document import analyse
from shared.domain.judgement.encoder.chunks import Chunk
from shared.domain.judgement.encoder.glance import MOST_CHUNKS, Glance
from shared.domain.judgement.light_model import light_model
from tests.unit.judgement.texts import news

FOOTBALL = "The coach praised the defence."
BAN = "China banned exports of gallium to Japan."


def glance(*sentences: str) -> Glance:
    text = news("Gallium", " ".join(sentences))
    names = gate.look(text)
    assert names
    found = analyse(text, names).sentences[1:]
    assert len(found) == len(sentences)
    return Glance(found, [features.of(each) for each in found], light_model())


def one_each(count: int) -> list[Chunk]:
    none = np.zeros(0, np.int32)
    return [Chunk(none, none, (index,), frozenset([index])) for index in range(count)]


def test_football_is_not_worth_reading() -> None:
    seen = glance(BAN, FOOTBALL)
    assert (seen.sees_something(0), seen.sees_something(1)) == (True, False)


def test_a_sentence_that_names_a_material_is_always_read() -> None:
    assert glance("The coach wore gallium.").sees_something(0)


def test_the_beginning_is_read_and_what_tells_most_in_order() -> None:
    page = [FOOTBALL] * 20 + [BAN] * (MOST_CHUNKS - 1) + [FOOTBALL] * 20
    best = glance(*page).best(one_each(len(page)))
    assert [chunk.sentences[0] for chunk in best] == [0, *range(20, 20 + MOST_CHUNKS - 1)]


def test_a_shorter_text_is_read_whole() -> None:
    page = [FOOTBALL] * MOST_CHUNKS
    assert len(glance(*page).best(one_each(len(page)))) == MOST_CHUNKS
