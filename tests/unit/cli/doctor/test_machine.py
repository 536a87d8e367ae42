"""Python, memory, disk."""

from pathlib import Path

from services.cli.doctor.machine import disk, memory, python


def test_an_old_python_is_named_with_the_one_that_is_needed() -> None:
    assert python((3, 11, 0)).state == "well"
    old = python((3, 10, 4))
    assert (old.state, old.found) == ("broken", "3.10.4")
    assert "3.11" in old.advice


def test_little_memory_is_odd_where_the_system_is_still_to_start() -> None:
    assert memory(600, needed_mb=1_000).state == "odd"
    assert memory(600, needed_mb=0).state == "well"


def test_a_disk_is_short_before_it_is_full() -> None:
    assert [disk(Path("/data"), free).state for free in (50_000, 1_500, 100)] == ["well", "odd", "broken"]
