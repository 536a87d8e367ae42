"""A list is a measure whose entities live lives of their own."""

from itertools import permutations

from shared.contracts.events import Entity
from shared.contracts.measures import Act
from tests.unit.measures.acts import act, entities, on, state

ADDED = act("added", "2025-04-04", entities=entities("Kratos", "Skydio", "Leidos"))


def listed(day: str, *acts: Act) -> dict[str, str]:
    measure = on(day, *acts)
    assert measure is not None
    return {entity.name: entity.state for entity in measure.entities}


def test_suspended_only_while_all_that_are_left_are() -> None:
    some = act("suspended", "2025-05-01", until="2025-08-01", entities=entities("Kratos", "Skydio"))
    assert state("2025-05-01", ADDED, some) == "in_force"
    assert listed("2025-05-01", ADDED, some) == {"Kratos": "suspended", "Skydio": "suspended", "Leidos": "listed"}
    removed = act("removed", "2025-06-01", entities=entities("Leidos"))
    assert state("2025-06-01", ADDED, some, removed) == "suspended"


def test_it_leaves_suspension_with_the_first_whose_suspension_ends() -> None:
    long = act("suspended", "2025-05-01", until="2025-12-01", entities=entities("Kratos", "Skydio"))
    short = act("suspended", "2025-05-01", until="2025-08-01", entities=entities("Leidos"), act="SHORT")
    measure = on("2025-05-01", ADDED, long, short)
    assert measure is not None
    assert (measure.state, str(measure.suspended_until)) == ("suspended", "2025-08-01")
    assert state("2025-08-02", ADDED, long, short) == "in_force, unconfirmed"
    assert listed("2025-08-02", ADDED, long, short)["Kratos"] == "suspended"


def test_lifted_when_none_is_left() -> None:
    one = act("removed", "2025-05-01", entities=entities("Kratos"))
    rest = act("removed", "2025-06-01", entities=entities("Skydio", "Leidos"))
    assert state("2025-05-31", ADDED, one, rest) == "in_force"
    assert state("2025-06-01", ADDED, one, rest) == "lifted"


def test_extended_prolongs_the_suspension_of_those_it_names_from_its_announcement() -> None:
    suspended = act("suspended", "2025-05-14", until="2025-08-12", entities=entities("Kratos", "Skydio", "Leidos"))
    extended = act("extended", "2025-08-13", until="2025-11-10", announced_on="2025-08-12", entities=entities("Kratos"))
    assert listed("2025-08-13", ADDED, suspended, extended) == {
        "Kratos": "suspended",
        "Skydio": "listed",
        "Leidos": "listed",
    }


def test_reinstated_and_added_again() -> None:
    suspended = act("suspended", "2025-05-14", entities=entities("Kratos", "Skydio", "Leidos"))
    back = act("reinstated", "2025-06-01", entities=entities("Kratos"))
    assert listed("2025-06-01", ADDED, suspended, back)["Kratos"] == "listed"
    removed = act("removed", "2025-07-01", entities=entities("Kratos"))
    again = act("added", "2025-08-01", entities=entities("Kratos"))
    assert listed("2025-07-15", ADDED, removed, again)["Kratos"] == "removed"
    assert listed("2025-08-01", ADDED, removed, again)["Kratos"] == "listed"


def test_an_entity_is_known_by_every_spelling_of_its_name() -> None:
    removed = act("removed", "2025-05-01", entities=(Entity(name="KRATOS, Inc.", aliases=("Skydio",)),))
    assert listed("2025-05-01", ADDED, removed) == {"Kratos": "removed", "Skydio": "listed", "Leidos": "listed"}, (
        "an alias does not make one of two that stand on the list side by side"
    )
    renamed = act("removed", "2025-05-01", entities=(Entity(name="Kratos Drones", aliases=("Kratos",)),))
    for acts in permutations([ADDED, renamed]):
        assert listed("2025-05-01", *acts)["Kratos"] == "removed"


def test_who_is_added_later_is_not_on_it_before() -> None:
    more = act("added", "2025-06-01", announced_on="2025-05-20", entities=entities("Anduril"), act="MORE")
    assert listed("2025-05-31", ADDED, more) == {"Kratos": "listed", "Skydio": "listed", "Leidos": "listed"}
    assert listed("2025-06-01", ADDED, more)["Anduril"] == "listed"


def test_an_announced_list_names_who_will_be_on_it() -> None:
    added = act("added", "2025-04-10", announced_on="2025-04-09", entities=entities("Kratos"))
    assert state("2025-04-09", added) == "announced"
    assert listed("2025-04-09", added) == {"Kratos": "listed"}


def test_what_is_said_of_the_whole_list_is_said_of_all_on_it_at_the_time() -> None:
    paused = act("suspended", "2025-05-01", until="2025-08-01")
    late = act("added", "2025-06-01", entities=entities("Anduril"), act="LATE")
    assert state("2025-05-01", ADDED, paused, late) == "suspended"
    assert state("2025-06-01", ADDED, paused, late) == "in_force"
    assert listed("2025-06-01", ADDED, paused, late)["Kratos"] == "suspended"
    assert state("2025-06-01", ADDED, act("lifted", "2025-06-01")) == "lifted"


STRAY = act("removed", "2025-05-01", entities=entities("Nobody"), act="STRAY")


def test_taking_off_who_was_never_on_it_changes_nothing() -> None:
    gone = act("removed", "2025-04-20", entities=entities("Kratos", "Skydio", "Leidos"))
    for acts in ((ADDED,), (ADDED, gone), (act("imposed", "2025-01-01"), act("lifted", "2025-03-01"))):
        before, after = on("2025-06-01", *acts), on("2025-06-01", *acts, STRAY)
        assert before is not None
        assert after is not None
        assert after.model_copy(update={"evidence": ()}) == before.model_copy(update={"evidence": ()})


def test_it_does_once_it_is_known_that_he_was() -> None:
    late = act("added", "2025-04-10", entities=entities("Nobody"))
    assert listed("2025-05-01", ADDED, STRAY, late)["Nobody"] == "removed"
    assert listed("2025-04-30", ADDED, STRAY, late)["Nobody"] == "listed"


def test_a_removal_before_anything_is_known_of_the_list_leaves_nothing_in_force() -> None:
    assert state("2025-05-01", STRAY) == "lifted"
    assert state("2025-05-01", ADDED, STRAY) == "in_force"
