"""A measure's life: acts count from their effect, suspensions and measures end by their own clocks."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.domain.measures import measure_at, start_of
from tests.unit.measures.acts import CHINA, act, entities, on, state


def test_announced_then_in_force_from_the_first_hour_of_its_day_in_the_issuers_zone() -> None:
    imposed = act("imposed", "2025-12-01", announced_on="2025-10-09")
    assert state("2025-10-08", imposed) == "absent"
    assert state("2025-10-09", imposed) == "announced"
    midnight_in_beijing = datetime(2025, 11, 30, 16, tzinfo=UTC)
    before = measure_at(CHINA, [imposed], midnight_in_beijing - timedelta(microseconds=1))
    after = measure_at(CHINA, [imposed], midnight_in_beijing)
    assert before is not None
    assert before.state == "announced"
    assert after is not None
    assert after.state == "in_force"


def test_a_suspension_lasts_through_its_last_day_and_then_nothing_confirms_the_return() -> None:
    acts = act("imposed", "2025-10-09"), act("suspended", "2025-11-07", until="2026-11-10")
    assert state("2025-11-06", *acts) == "in_force"
    assert state("2025-11-07", *acts) == "suspended"
    assert state("2026-11-10", *acts) == "suspended"
    assert state("2026-11-11", *acts) == "in_force, unconfirmed"


def test_an_act_after_the_end_of_a_suspension_confirms_the_return() -> None:
    acts = act("imposed", "2025-10-09"), act("suspended", "2025-11-07", until="2026-11-10")
    amended = act("amended", "2026-11-20")
    assert state("2026-11-19", *acts, amended) == "in_force, unconfirmed"
    assert state("2026-11-20", *acts, amended) == "in_force"


def test_what_was_decided_before_the_suspension_ended_confirms_nothing() -> None:
    acts = act("imposed", "2025-10-09"), act("suspended", "2025-11-07", until="2026-11-10")
    amended = act("amended", "2026-12-01", announced_on="2026-10-01")
    assert state("2026-12-02", *acts, amended) == "in_force, unconfirmed"


def test_a_suspension_that_starts_before_the_measure_takes_effect_wins() -> None:
    imposed = act("imposed", "2025-12-01", announced_on="2025-10-09")
    suspended = act("suspended", "2025-11-07", until="2026-11-10")
    assert state("2025-11-06", imposed, suspended) == "announced"
    assert state("2025-12-02", imposed, suspended) == "suspended"
    assert state("2026-11-11", imposed, suspended) == "in_force, unconfirmed"


def test_a_suspension_that_is_over_before_the_measure_takes_effect_leaves_it_announced() -> None:
    imposed = act("imposed", "2025-12-01", announced_on="2025-10-09")
    suspended = act("suspended", "2025-10-20", until="2025-10-31")
    assert state("2025-11-15", imposed, suspended) == "announced"


def test_a_suspension_without_an_end_lasts() -> None:
    assert state("2099-01-01", act("imposed", "2025-10-09"), act("suspended", "2025-11-07")) == "suspended"


def test_reinstated_is_in_force_and_confirmed() -> None:
    acts = act("imposed", "2025-10-09"), act("suspended", "2025-11-07", until="2026-11-10")
    assert state("2026-02-01", *acts, act("reinstated", "2026-02-01")) == "in_force"
    assert state("2026-12-01", *acts, act("reinstated", "2026-02-01")) == "in_force"


def test_extended_prolongs_the_suspension_where_there_is_one_from_the_day_it_is_announced() -> None:
    acts = act("imposed", "2025-10-09"), act("suspended", "2025-11-07", until="2026-11-10")
    extended = act("extended", "2026-11-11", until="2027-11-10", announced_on="2026-11-05")
    before, after = on("2026-11-04", *acts, extended), on("2026-11-05", *acts, extended)
    assert before is not None
    assert str(before.suspended_until) == "2026-11-10"
    assert after is not None
    assert str(after.suspended_until) == "2027-11-10"
    assert state("2027-11-10", *acts, extended) == "suspended"
    assert state("2027-11-11", *acts, extended) == "in_force, unconfirmed"


def test_extended_prolongs_the_measure_where_nothing_is_suspended() -> None:
    halt = act("imposed", "2025-02-22", until="2025-06-22")
    extended = act("extended", "2025-06-21", until="2025-09-21")
    assert state("2025-06-23", halt) == "lapsed"
    assert state("2025-06-23", halt, extended) == "in_force"
    assert state("2025-09-22", halt, extended) == "lapsed"


def test_extended_after_the_end_brings_a_halt_back_and_a_suspension_too() -> None:
    halt = act("imposed", "2025-02-22", until="2025-06-22")
    assert state("2025-07-01", halt, act("extended", "2025-07-01", until="2025-09-21")) == "in_force"
    endless = act("imposed", "2025-10-09"), act("suspended", "2025-11-07", until="2026-11-10")
    late = act("extended", "2026-11-12", until="2027-11-10")
    assert state("2026-11-11", *endless, late) == "in_force, unconfirmed"
    assert state("2026-11-12", *endless, late) == "suspended", "an endless measure has nothing else to prolong"


def test_a_measure_lapses_after_its_own_last_day_suspended_or_not() -> None:
    halt = act("imposed", "2025-02-22", until="2025-06-22")
    assert state("2025-06-22", halt) == "in_force"
    assert state("2025-06-23", halt) == "lapsed"
    assert state("2025-06-23", halt, act("suspended", "2025-05-01", until="2025-12-31")) == "lapsed"


def test_lifted_by_an_act_is_lifted_even_on_the_day_after_its_own_end() -> None:
    halt = act("imposed", "2025-02-22", until="2025-10-15")
    lifted = act("lifted", "2025-10-16", announced_on="2025-09-20")
    assert state("2025-10-15", halt, lifted) == "in_force"
    measure = on("2025-10-16", halt, lifted)
    assert measure is not None
    assert measure.state == "lifted"
    assert str(measure.until) == "2025-10-15", "its own end is kept"


def test_lifted_stays_lifted_until_it_is_imposed_anew() -> None:
    acts = act("imposed", "2025-02-22"), act("lifted", "2025-06-01")
    for ignored in ("suspended", "extended", "amended", "expanded"):
        assert state("2025-08-01", *acts, act(ignored, "2025-07-01", until="2026-01-01")) == "lifted", ignored
    again = act("imposed", "2025-09-01", announced_on="2025-08-01")
    assert state("2025-08-01", *acts, again) == "announced"
    assert state("2025-09-01", *acts, again) == "in_force"
    assert state("2025-09-01", *acts, act("reinstated", "2025-09-01")) == "in_force"


def test_a_ban_imposed_anew_while_it_is_suspended_ends_the_suspension() -> None:
    acts = act("imposed", "2025-10-09"), act("suspended", "2025-11-07", until="2026-11-10")
    assert state("2026-02-01", *acts, act("imposed", "2026-02-01")) == "in_force"


def test_an_act_on_a_measure_whose_beginning_we_never_heard_of_makes_it_known() -> None:
    assert state("2025-11-07", act("suspended", "2025-11-07", until="2026-11-10")) == "suspended"
    assert state("2025-11-07", act("lifted", "2025-11-07")) == "lifted"
    assert state("2025-11-07", act("amended", "2025-11-07")) == "in_force"


def test_an_act_with_an_earlier_effect_than_its_announcement_is_absent_until_announced() -> None:
    imposed = act("imposed", "2025-10-01", announced_on="2025-10-09")
    assert state("2025-10-08", imposed) == "absent"
    assert state("2025-10-09", imposed) == "in_force"


def test_scope_is_merged_from_the_day_an_expansion_counts() -> None:
    imposed = act("imposed", "2025-10-09", materials=("terbium",), targets=("US",), end_uses=("defence",))
    expanded = act("expanded", "2025-12-01", announced_on="2025-11-01", materials=("holmium",), targets=("JP",))
    before, after = on("2025-11-30", imposed, expanded), on("2025-12-01", imposed, expanded)
    assert before is not None
    assert (before.materials, before.targets) == (("terbium",), ("US",))
    assert after is not None
    assert (after.materials, after.targets) == (("terbium", "holmium"), ("US", "JP"))
    assert after.end_uses == ("defence",), "an act that names no end use leaves them"
    everywhere = on("2026-01-01", imposed, expanded, act("expanded", "2026-01-01", targets=("*",)))
    assert everywhere is not None
    assert everywhere.targets == ("*",)


def test_a_measure_imposed_anew_has_the_scope_of_the_new_act() -> None:
    acts = act("imposed", "2025-02-22"), act("lifted", "2025-06-01")
    measure = on("2025-09-01", *acts, act("imposed", "2025-09-01", materials=("cobalt",)))
    assert measure is not None
    assert measure.materials == ("cobalt",)


def test_a_last_day_at_the_end_of_the_calendar_is_never_reached() -> None:
    assert state("2500-01-01", act("imposed", "2025-10-09", until="9999-12-31")) == "in_force"
    assert state("2025-10-09", act("imposed", "0001-01-01")) == "in_force"
    assert start_of(date.max, CHINA.zone) > datetime(9998, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("announced_on", ["2025-12-01", "2025-11-20"])
def test_what_is_lifted_and_imposed_anew_on_one_day_is_in_force(announced_on: str) -> None:
    """Whichever we hear of first; the act that was announced later has the last word."""
    imposed = act("imposed", "2025-03-01")
    lifted = act("lifted", "2025-12-01", announced_on=announced_on)
    anew = act("imposed", "2025-12-01", announced_on=announced_on, materials=("holmium",))
    for acts in ([imposed, lifted, anew], [anew, lifted, imposed]):
        measure = on("2025-12-01", *acts)
        assert measure is not None
        assert (measure.state, measure.act, measure.materials) == ("in_force", anew.act, ("holmium",))
        assert [entry.act for entry in measure.history] == [imposed.act, anew.act], "and that is a move"
    withdrawn = act("lifted", "2025-12-01", announced_on="2025-12-02")
    assert state("2025-12-02", imposed, lifted, anew, withdrawn) == "lifted"
    assert state("2025-12-01", anew, act("lifted", "2025-12-01", announced_on=announced_on)) == "lifted"


def test_who_is_taken_off_a_list_and_put_on_it_again_on_one_day_is_on_it() -> None:
    added = act("added", "2025-03-01", entities=entities("Kratos", "Skydio"))
    removed = act("removed", "2025-12-01", entities=entities("Kratos"))
    again = act("added", "2025-12-01", entities=entities("KRATOS"))
    measure = on("2025-12-01", added, removed, again)
    assert measure is not None
    assert {entity.name: entity.state for entity in measure.entities} == {"Kratos": "listed", "Skydio": "listed"}


def test_of_a_measure_that_is_known_by_its_end_alone_nothing_is_announced() -> None:
    lifted = act("lifted", "2025-03-01", announced_on="2025-02-20")
    assert state("2025-02-20", lifted) == "lifted"
    imposed = act("imposed", "2025-01-10")
    for acts in ((imposed, lifted), (lifted, imposed)):
        assert [state(day, *acts) for day in ("2025-02-28", "2025-03-01")] == ["in_force", "lifted"]
