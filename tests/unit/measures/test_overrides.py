"""A human's word: evidence like an act, the strongest of its day, and reversible."""

from datetime import timedelta

import pytest

from tests.unit.measures.acts import KNOWN, act, entities, on, state

IMPOSED = act("imposed", "2025-10-09")
SUSPENDED = act("suspended", "2025-11-07", until="2026-11-10")


@pytest.mark.parametrize("word", ["announced", "in_force", "suspended", "lapsed", "lifted"])
def test_it_sets_any_state_from_its_day_on(word: str) -> None:
    override = act("override", "2026-02-01", state=word)
    assert state("2026-01-31", IMPOSED, SUSPENDED, override) == "suspended"
    assert state("2026-02-01", IMPOSED, SUSPENDED, override) == word
    assert state("2026-12-01", IMPOSED, SUSPENDED, override) == word, "the clock that it stopped does not run on"


def test_of_one_day_it_outweighs_an_act() -> None:
    override = act("override", "2026-02-01", state="in_force")
    lifted = act("lifted", "2026-02-01")
    assert state("2026-02-01", IMPOSED, override, lifted) == "in_force"
    assert state("2026-02-02", IMPOSED, override, act("lifted", "2026-02-02")) == "lifted"


def test_it_confirms_that_a_suspension_is_over() -> None:
    override = act("override", "2026-11-12", state="in_force")
    assert state("2026-11-11", IMPOSED, SUSPENDED, override) == "in_force, unconfirmed"
    assert state("2026-11-12", IMPOSED, SUSPENDED, override) == "in_force"


def test_until_ends_the_suspension_that_it_sets_or_else_the_measure() -> None:
    paused = act("override", "2026-11-11", until="2027-11-10", state="suspended")
    assert state("2027-11-10", IMPOSED, SUSPENDED, paused) == "suspended"
    assert state("2027-11-11", IMPOSED, SUSPENDED, paused) == "in_force, unconfirmed"
    ending = act("override", "2026-02-01", until="2026-03-31", state="in_force")
    assert state("2026-03-31", IMPOSED, ending) == "in_force"
    assert state("2026-04-01", IMPOSED, ending) == "lapsed"


def test_another_one_takes_it_back_the_same_day() -> None:
    wrong = act("override", "2026-02-01", state="lifted")
    back = act("override", "2026-02-01", state="in_force", known_at=KNOWN + timedelta(hours=1))
    assert state("2026-02-01", IMPOSED, back, wrong) == "in_force"
    halt = act("imposed", "2025-02-22", until="2025-06-22")
    assert (
        state("2025-08-01", halt, act("override", "2025-07-01", state="suspended", until="2025-12-31")) == "suspended"
    )


def test_of_a_list_it_is_about_all_who_are_still_on_it() -> None:
    added = act("added", "2025-04-04", entities=entities("Kratos", "Skydio", "Leidos"))
    removed = act("removed", "2025-05-01", entities=entities("Leidos"))
    paused = act("override", "2025-06-01", state="suspended")
    back = act("override", "2025-07-01", state="in_force")
    states = {
        day: [entity.state for entity in measure.entities]
        for day in ("2025-06-01", "2025-07-01")
        if (measure := on(day, added, removed, paused, back))
    }
    assert states["2025-06-01"] == ["suspended", "suspended", "removed"]
    assert states["2025-07-01"] == ["listed", "listed", "removed"]


def test_a_list_that_was_lifted_comes_back_whole() -> None:
    added = act("added", "2025-04-04", entities=entities("Kratos", "Skydio"))
    removed = act("removed", "2025-05-01", entities=entities("Kratos", "Skydio"))
    assert state("2025-06-01", added, removed) == "lifted"
    assert state("2025-06-01", added, removed, act("override", "2025-06-01", state="in_force")) == "in_force"
