"""Warnings at 60, 30, 14, 7, 1 and 0 days before a suspension or a measure ends, at 00:00 in the issuer's zone."""

from datetime import UTC, date, datetime

from shared.contracts.measures import Act
from shared.domain.measures import start_of
from shared.domain.measures.chronicle import chronicle
from shared.domain.measures.ladder import Step, ladder
from tests.unit.measures.acts import CHINA, act

IMPOSED = act("imposed", "2025-10-09")
SUSPENDED = act("suspended", "2025-11-07", until="2026-11-10")


def steps(*acts: Act, known_from: str = "2025-01-01") -> list[Step]:
    known = start_of(date.fromisoformat(known_from), CHINA.zone)
    return list(ladder(chronicle(acts, CHINA.zone).phases, CHINA.zone, known))


def days(*acts: Act, known_from: str = "2025-01-01") -> list[tuple[str, int]]:
    return [(str(step.on), step.days) for step in steps(*acts, known_from=known_from)]


def test_the_steps_before_a_suspension_ends() -> None:
    assert days(IMPOSED, SUSPENDED) == [("2026-11-10", number) for number in (60, 30, 14, 7, 1, 0)]
    first, *_, last = steps(IMPOSED, SUSPENDED)
    assert first.at == datetime(2026, 9, 10, 16, tzinfo=UTC)
    assert last.at == datetime(2026, 11, 9, 16, tzinfo=UTC)
    assert last.over_at == datetime(2026, 11, 10, 16, tzinfo=UTC)
    assert {step.event for step in steps(IMPOSED, SUSPENDED)} == {"suspension_ends"}


def test_a_step_that_was_past_when_the_end_became_known_is_not_told() -> None:
    assert days(IMPOSED, SUSPENDED, known_from="2026-10-27") == [
        ("2026-11-10", 7),
        ("2026-11-10", 1),
        ("2026-11-10", 0),
    ]
    halt = act("imposed", "2025-02-22", until="2025-03-10")
    assert days(halt) == [("2025-03-10", 14), ("2025-03-10", 7), ("2025-03-10", 1), ("2025-03-10", 0)]


def test_a_prolongation_starts_a_ladder_of_its_own_and_ends_the_old_one() -> None:
    extended = act("extended", "2026-11-05", until="2027-11-10")
    told = days(IMPOSED, SUSPENDED, extended)
    assert told[:4] == [("2026-11-10", 60), ("2026-11-10", 30), ("2026-11-10", 14), ("2026-11-10", 7)]
    assert told[4:] == [("2027-11-10", number) for number in (60, 30, 14, 7, 1, 0)]


def test_a_measure_with_an_end_of_its_own_lapses() -> None:
    halt = act("imposed", "2025-02-22", until="2025-06-22")
    assert {(step.event, str(step.on)) for step in steps(halt)} == {("lapses", "2025-06-22")}


def test_nothing_is_told_of_an_end_that_an_act_has_overtaken() -> None:
    assert days(IMPOSED, SUSPENDED, act("reinstated", "2026-02-01")) == []
    assert days(IMPOSED, SUSPENDED, act("lifted", "2026-11-05"))[-1] == ("2026-11-10", 7)


def test_where_the_measure_ends_first_that_is_told() -> None:
    halt = act("imposed", "2025-02-22", until="2025-12-31")
    suspended = act("suspended", "2025-05-01", until="2026-05-01")
    assert {(step.event, str(step.on)) for step in steps(halt, suspended)} == {("lapses", "2025-12-31")}
