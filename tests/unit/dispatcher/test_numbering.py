"""Each message is taken once, in the order of the numbers, and none is skipped."""

from datetime import UTC, datetime

import pytest

from services.dispatcher import numbering as module
from services.dispatcher.letters import Letter
from services.dispatcher.numbering import Numbering, NumberMissing

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def letter(number: int) -> Letter:
    return Letter(f"m-{number}", 3, number, "acme", "alert.opened", "high", (), number, NOW, NOW, None, b"{}")


def fed(numbering: Numbering, *numbers: int) -> list[int | None]:
    """Offsets count on from where the partition stands."""
    offset = numbering.next_offset
    return [
        taken.number
        for place, number in enumerate(numbers)
        for taken in numbering.take(offset + place, number, letter(number))
    ]


def test_numbers_in_order_are_taken_as_they_come() -> None:
    numbering = Numbering(3, next_offset=10, number=4)
    assert fed(numbering, 5, 6, 7) == [5, 6, 7]
    assert (numbering.number, numbering.next_offset) == (7, 13)


def test_the_first_ever_may_be_any() -> None:
    numbering = Numbering(3, next_offset=10, number=None)
    assert fed(numbering, 42, 43) == [42, 43]


def test_a_lower_number_is_a_repeat() -> None:
    numbering = Numbering(3, next_offset=10, number=4)
    assert numbering.had(4)
    assert fed(numbering, 4, 5, 3, 5) == [5]
    assert (numbering.number, numbering.next_offset) == (5, 14)


def test_after_a_gap_what_follows_waits_and_the_position_stays_before_it() -> None:
    numbering = Numbering(3, next_offset=10, number=4)
    assert fed(numbering, 5, 7, 8) == [5]
    assert (numbering.number, numbering.next_offset) == (5, 11)
    assert numbering.missing() is not None
    assert "waits for message number 6" in (numbering.missing() or "")
    assert [taken.number for taken in numbering.take(13, 6, letter(6))] == [6, 7, 8]
    assert (numbering.number, numbering.next_offset, numbering.missing()) == (8, 14, None)


def test_a_dead_letter_with_a_number_stands_for_it() -> None:
    numbering = Numbering(3, next_offset=10, number=4)
    assert numbering.take(10, 5, None) == []
    assert numbering.take(11, 6, letter(6)) == [letter(6)]
    assert numbering.next_offset == 12


def test_a_record_whose_number_cannot_be_read_stands_for_the_one_found_missing() -> None:
    numbering = Numbering(3, next_offset=10, number=4)
    assert numbering.take(10, None, None) == []
    assert numbering.next_offset == 10, "a restart must read it again before the number is settled"
    assert numbering.take(11, 6, letter(6)) == [letter(6)]
    assert (numbering.number, numbering.next_offset, numbering.missing()) == (6, 12, None)


def test_a_record_that_was_no_message_stands_for_none() -> None:
    numbering = Numbering(3, next_offset=10, number=4)
    numbering.take(10, None, None)
    assert numbering.take(11, 5, letter(5)) == [letter(5)]
    assert numbering.take(12, 7, letter(7)) == []
    assert numbering.missing() is not None


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    numbering = Numbering(3, next_offset=10, number=4)
    fed(numbering, 6, 7, 8)
    with pytest.raises(NumberMissing, match="waits for message number 5"):
        numbering.take(13, 9, letter(9))
