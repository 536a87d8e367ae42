"""Sentences end where a reader would say so, and every one lies exactly where it says."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.judgement.sentences import LONGEST, split


def texts_of(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Prices rose 3.5% on Oct. 9. No. 18 of 2025 applies.",
            ["Prices rose 3.5% on Oct. 9.", "No. 18 of 2025 applies."],
        ),
        ('U.S. firms "must apply." They did not.', ['U.S. firms "must apply."', "They did not."]),
        ("Is it true? No! It ended …", ["Is it true?", "No!", "It ended …"]),
        ("稀土出口须申请；否则不得出口。商务部公告。", ["稀土出口须申请；", "否则不得出口。", "商务部公告。"]),
        ("「許可は出た」。次は8月。", ["「許可は出た」。", "次は8月。"]),
        ("수출이 중단됐다. 재개는 미정이다.", ["수출이 중단됐다.", "재개는 미정이다."]),
        (
            "Am 3. Oktober tritt sie in Kraft. Die Firma wartet.",
            ["Am 3. Oktober tritt sie in Kraft.", "Die Firma wartet."],
        ),
        ("HEADLINE\n\nA line\nAnother", ["HEADLINE", "A line", "Another"]),
        ("J. P. Smith & Co. of St. Louis", ["J. P. Smith & Co. of St. Louis"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_where_sentences_end(text: str, expected: list[str]) -> None:
    assert texts_of(text) == expected


def test_what_has_no_end_is_cut_at_a_space() -> None:
    pieces = texts_of("word " * 1_000)
    assert max(map(len, pieces)) <= LONGEST
    assert " ".join(pieces).split() == ["word"] * 1_000


@given(st.text(alphabet="aB .。!?\n\"'”…3\u3000希", max_size=300))
def test_nothing_is_lost_and_the_order_is_kept(text: str) -> None:
    spans = split(text)
    assert all(start < end for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert "".join("".join(texts_of(text)).split()) == "".join(text.split())
