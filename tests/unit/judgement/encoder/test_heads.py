"""From the states of words to what is told."""

import numpy as np

from shared.domain.judgement.encoder.chunks import NONE, Chunk
from shared.domain.judgement.encoder.heads import Heads

TYPES, MODALITIES, WIDTH = 3, 4, 8


def heads(**given: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Heads:
    shapes = {
        "look": (TYPES + 1, WIDTH),
        "type": (TYPES, 2 * WIDTH),
        "type_bias": (TYPES,),
        "relevant": (2 * WIDTH,),
        "relevant_bias": (1,),
        "modality": (MODALITIES, 2 * WIDTH),
        "modality_bias": (MODALITIES,),
        "modality_of": (TYPES, MODALITIES, WIDTH),
    }
    return Heads.of({name: given.get(name, np.zeros(shape)) for name, shape in shapes.items()})


def chunk(*at: int, sentences: int = 2) -> Chunk:
    places = np.array([NONE, *at, NONE], np.int32)
    return Chunk(np.zeros(len(places), np.int32), places, tuple(range(sentences)), frozenset(range(sentences)))


STATES = np.random.default_rng(3).standard_normal((6, WIDTH)).astype(np.float32)


def test_a_row_for_the_whole_and_one_for_each_sentence() -> None:
    told = heads().told(chunk(0, 0, 1, 1), STATES)
    assert told.types.shape == (3, TYPES)
    assert told.modality.shape == (3, TYPES, MODALITIES)


def test_heads_that_know_nothing_tell_their_bias() -> None:
    told = heads(type_bias=np.array([1.0, 2, 3]), relevant_bias=np.array([-4.0])).told(chunk(0, 0, 1, 1), STATES)
    assert told.types.tolist() == [[1, 2, 3]] * 3
    assert told.relevant == -4


def test_a_sentence_is_told_by_its_own_words() -> None:
    weights = np.zeros((TYPES, 2 * WIDTH))
    weights[0, :WIDTH] = np.arange(WIDTH)
    other = STATES.copy()
    other[3:5] += np.arange(WIDTH)[::-1]
    before, after = (heads(type=weights).told(chunk(0, 0, 1, 1), states).types for states in (STATES, other))
    assert before[1, 0] == after[1, 0]
    assert before[2, 0] != after[2, 0]
    assert before[0, 0] != after[0, 0]


def test_a_type_looks_for_its_words() -> None:
    """With a strong look, the one word that it looks for is all that counts."""
    normal = (STATES - STATES.mean(axis=1, keepdims=True)) / STATES.std(axis=1, keepdims=True)
    look, weights = np.zeros((TYPES + 1, WIDTH)), np.zeros((TYPES, 2 * WIDTH))
    look[1], weights[1, 0] = 100 * normal[2], 1
    told = heads(look=look, type=weights).told(chunk(0, 0, 1, 1), STATES)
    assert abs(told.types[0, 1] - normal[2, 0]) < 1e-3


def test_a_sentence_that_was_cut_away_is_told_all_the_same() -> None:
    told = heads().told(chunk(0, 0, 0, 0), STATES)
    assert np.isfinite(told.types).all()
