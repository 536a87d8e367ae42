"""Which texts are learned from, and which ones a report is about."""

from collections import Counter

from services.classifier.training import texts
from services.classifier.training.encoder.split import HELD_OUT, REPORTED, part_of, parts
from services.classifier.training.evaluate.leakage import copies

ITEMS = texts.load()


def test_of_the_held_out_author_nothing_is_learned_or_chosen_on() -> None:
    assert {part_of(item) for item in ITEMS if item.file == HELD_OUT} == {"report"}


def test_a_pair_is_not_divided() -> None:
    where: dict[str, set[str]] = {}
    for item in ITEMS:
        where.setdefault(item.group, set()).add(part_of(item))
    assert all(len(found) == 1 for found in where.values())
    assert max(Counter(item.group for item in ITEMS).values()) > 1, "there are pairs"


def test_each_part_has_about_its_share() -> None:
    divided = parts(ITEMS)
    assert sum(map(len, divided.values())) == len(ITEMS)
    for file, share in REPORTED.items():
        every = sum(item.file == file for item in ITEMS)
        assert abs(sum(item.file == file for item in divided["report"]) / every - share) < 0.1
    assert 0.07 < len(divided["choose"]) / len(ITEMS) < 0.12


def test_no_text_of_the_report_is_a_near_copy_of_one_that_was_learned_from() -> None:
    divided = parts(ITEMS)
    assert copies(divided["learn"], divided["report"]) == []


def test_a_near_copy_is_found() -> None:
    (one, other), (learned, *_) = ITEMS[:2], ITEMS[5:]
    assert copies([one, learned], [one, other])[0][:2] == (one.id, one.id)
