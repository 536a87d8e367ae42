"""Words to pieces, as the base's own tokenizer divides them."""

import time

import numpy as np
import pytest

from tests.unit.judgement.encoder.the_base import base, tokens


def pieces(text: str) -> list[str]:
    return [base().pieces[number] for number in tokens().of(text)]


@pytest.mark.parametrize(
    ("text", "divided"),
    [
        ("China imposes export controls", "▁China ▁ impose s ▁export ▁control s"),
        ("Ausfuhrgenehmigungen für Gallium", "▁Aus fuhr ge nehm igung en ▁für ▁Galli um"),
        ("商务部批准稀土出口许可", "▁ 商务部 批准 稀 土 出口 许可"),
        ("レアアースの輸出", "▁ レ ア アー スの 輸出"),
        ("희토류 수출", "▁ 희 토 류 ▁수출"),
    ],
)
def test_the_likeliest_pieces(text: str, divided: str) -> None:
    assert pieces(text) == divided.split()


def test_white_space_and_width_say_nothing() -> None:
    assert pieces("  Ａ \n b  ") == ["▁A", "▁b"]


def test_letters_that_no_piece_has_are_one_unknown() -> None:
    assert pieces("꙰꙰꙰x") == ["▁", "<unk>", "x"]


def test_the_models_own_signs_cannot_be_written() -> None:
    assert not {base().bos, base().eos, base().unk} & set(tokens().of("</s> <s> <pad>").tolist())


def test_one_word_of_a_hundred_thousand_letters() -> None:
    begun = time.process_time()
    assert len(tokens().of("稀土" * 50_000)) > 50_000
    assert time.process_time() - begun < 5


def test_a_word_is_embedded_as_the_file_has_it() -> None:
    both = base().embedded(np.array([5, 6], np.int32))
    assert both.shape == (2, 384)
    assert np.array_equal(both[1], base().embedded(np.array([6], np.int32))[0])
    assert 0.1 < np.abs(both).max() < 10
