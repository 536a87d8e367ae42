import random

import pytest

from services.ingest.recent_ids import RecentIds

CAPACITY = 2_000


def ids(count: int) -> list[int]:
    source = random.Random(7)  # noqa: S311  # the same ones in every test
    return [source.getrandbits(64) | 1 for _ in range(count)]


def test_what_was_never_had_is_not_known() -> None:
    assert RecentIds(CAPACITY).content(1) is None


def test_the_newest_are_all_remembered_with_what_they_said() -> None:
    recent = RecentIds(CAPACITY)
    for identity in ids(10 * CAPACITY):
        recent.remember(identity, identity ^ 5)
    assert all(recent.content(identity) == identity ^ 5 for identity in ids(10 * CAPACITY)[-CAPACITY:])


def test_the_oldest_are_forgotten() -> None:
    recent = RecentIds(CAPACITY)
    for identity in ids(10 * CAPACITY):
        recent.remember(identity, 1)
    assert not any(recent.content(identity) for identity in ids(10 * CAPACITY)[: -2 * CAPACITY])


def test_what_is_said_last_counts() -> None:
    recent = RecentIds(CAPACITY)
    for identity in ids(CAPACITY):
        recent.remember(identity, 1)
    for identity in ids(CAPACITY):
        recent.remember(identity, 2)
    assert {recent.content(identity) for identity in ids(CAPACITY)} == {2}


@pytest.mark.parametrize("identity", [1, 2**64 - 1, 2**63])
def test_any_64_bits_are_an_id(identity: int) -> None:
    recent = RecentIds(CAPACITY)
    recent.remember(identity, 2**64 - 1)
    assert recent.content(identity) == 2**64 - 1


def test_ids_that_fall_on_one_place_stand_side_by_side() -> None:
    recent = RecentIds(CAPACITY)
    clash = [1 + (number << 40) for number in range(100)]
    for identity in clash:
        recent.remember(identity, identity)
    assert all(recent.content(identity) == identity for identity in clash)
