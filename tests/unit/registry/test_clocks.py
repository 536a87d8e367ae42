"""Clocks run up to a record's `accepted-at` before it is taken: in due order, as part of the same change."""

from shared.contracts.changes import Tick
from tests.unit.registry.world import World, at, imposed, news, price, steps, suspended


def suspended_world() -> World:
    world = World()
    world.put(imposed(), "2025-10-09T02:00")
    world.put(suspended(), "2025-11-07T02:00")
    return world


def test_a_suspension_ends_by_the_tick_that_passes_its_end() -> None:
    world = suspended_world()
    assert world.tick("2026-11-10T15:59").transitions == ()
    change = world.tick("2026-11-10T16:00")
    (transition,) = change.transitions
    assert (transition.previous, transition.state, transition.confirmed) == ("suspended", "in_force", False)
    assert (transition.at, transition.act) == (at("2026-11-10T16:00"), None)
    assert change.measures[0].confirmed is False
    assert world.measure("CN-2025-61").state == "in_force"


def test_any_record_lets_the_clocks_run_first() -> None:
    world = suspended_world()
    other = imposed(ref="CN-2026-90", act="CN-2026-90", effective_on="2026-11-12")
    change = world.put(other, "2026-11-12T02:00")
    assert change is not None
    assert change.cause == "act"
    assert [(moved.measure_id, moved.state) for moved in change.transitions] == [
        ("CN-2025-61", "in_force"),
        ("CN-2026-90", "in_force"),
    ]
    assert [measure.id for measure in change.measures] == ["CN-2025-61", "CN-2026-90"]


def test_an_act_on_the_measure_finds_it_as_its_clock_has_left_it() -> None:
    world = suspended_world()
    again = suspended(act="CN-2026-99", effective_on="2026-11-12", until="2027-11-10")
    change = world.put(again, "2026-11-12T02:00")
    assert change is not None
    assert [(moved.previous, moved.state) for moved in change.transitions] == [
        ("suspended", "in_force"),
        ("in_force", "suspended"),
    ]


def test_a_duplicate_does_not_even_move_time() -> None:
    world = suspended_world()
    assert world.put(suspended(), "2026-12-01T02:00") is None
    assert world.registry.state.now == at("2025-11-07T02:00")
    assert world.tick("2026-12-01T02:00").transitions != ()


def test_a_record_that_says_little_still_carries_what_fell_due() -> None:
    world = suspended_world()
    text = news(published="2026-11-09", text="a")
    world.put(text, "2026-11-09T02:00")
    copied = news(published="2026-11-12", source="AP", text="a")
    change = world.put(copied, "2026-11-12T02:00")
    assert change is not None
    assert change.signals == ()
    assert change.transitions[0].state == "in_force"
    assert world.put(price(10, "2026-11-12"), "2026-11-12T03:00") is not None


def test_what_falls_due_in_between_stands_in_due_order() -> None:
    world = suspended_world()
    halt = imposed(ref="CN-HALT", act="CN-HALT", instrument="export_halt", until="2026-03-31")
    world.put(halt, "2025-11-08T02:00")
    change = world.tick("2027-01-01")
    assert [(moved.measure_id, moved.state) for moved in change.transitions] == [
        ("CN-HALT", "lapsed"),
        ("CN-2025-61", "in_force"),
    ]
    assert sorted(moved.at for moved in change.transitions) == [moved.at for moved in change.transitions]


def test_an_announced_measure_takes_effect() -> None:
    world = World()
    world.put(imposed(effective_on="2025-12-01", announced_on="2025-10-09"), "2025-10-09T02:00")
    change = world.tick("2025-11-30T16:00")
    assert (change.transitions[0].previous, change.transitions[0].state) == ("announced", "in_force")


def test_a_scope_that_grows_by_its_date_is_shown_without_a_transition() -> None:
    world = World()
    world.put(imposed(), "2025-10-09T02:00")
    grown = imposed(
        action="expanded", act="E", materials=["holmium"], announced_on="2025-10-20", effective_on="2025-12-01"
    )
    world.put(grown, "2025-10-20T02:00")
    change = world.tick("2025-12-01T00:00")
    assert change.transitions == ()
    assert change.measures[0].materials == ("terbium", "holmium")
    assert [(widened.act, str(widened.on)) for widened in change.measures[0].widened] == [("E", "2025-12-01")]


def test_what_is_lifted_and_imposed_anew_on_one_day_moves_and_stays_in_force() -> None:
    world = World()
    world.put(imposed(), "2025-10-09T02:00")
    day = {"announced_on": "2025-10-20", "effective_on": "2025-12-01"}
    world.put(imposed(action="imposed", act="N", ref="CN-2025-61", **day), "2025-10-20T02:00")
    world.put(imposed(action="lifted", act="L", ref="CN-2025-61", **day), "2025-10-20T02:00")
    (moved,) = world.tick("2025-12-01T00:00").transitions
    assert (moved.previous, moved.state, moved.act) == ("in_force", "in_force", "N")


def test_an_act_announced_for_a_later_day_is_not_there_before() -> None:
    world = World()
    assert world.put(imposed(), "2025-10-08T10:00") is None
    change = world.tick("2025-10-08T16:00")
    assert (change.transitions[0].previous, change.transitions[0].state) == (None, "in_force")


def test_each_step_of_a_ladder_as_its_day_comes() -> None:
    world = suspended_world()
    told = steps(world.days("2026-09-01", "2026-11-12"))
    assert [step.days for step in told] == [60, 30, 14, 7, 1, 0]
    assert {(step.event, str(step.on)) for step in told} == {("suspension_ends", "2026-11-10")}
    assert told[0].at == at("2026-09-10T16:00")


def test_a_step_already_past_when_the_end_became_known_is_not_told() -> None:
    world = World()
    world.put(imposed(), "2025-10-09T02:00")
    world.put(suspended(), "2026-10-20T02:00")
    assert [step.days for step in steps(world.days("2026-10-21", "2026-11-12"))] == [14, 7, 1, 0]


def test_in_a_jump_only_the_latest_step_of_a_ladder_is_told() -> None:
    world = suspended_world()
    end = "2026-11-04T12:00"
    told = steps([world.tick(day, end) for day in ("2026-09-11", "2026-10-28", "2026-11-03", end)])
    assert [step.days for step in told] == [7]


def test_in_a_jump_beyond_the_end_only_the_end_is_told() -> None:
    world = suspended_world()
    end = "2026-11-12T12:00"
    jumped = [world.tick(day, end) for day in ("2026-09-11", "2026-11-10", "2026-11-11", end)]
    assert steps(jumped) == []
    assert [len(change.transitions) for change in jumped] == [0, 0, 1, 0]


def test_another_record_in_the_middle_of_a_jump_tells_no_more() -> None:
    world = suspended_world()
    world.tick("2026-09-09", "2026-11-04T12:00")
    other = imposed(ref="CN-2026-90", act="CN-2026-90", effective_on="2026-09-12")
    change = world.put(other, "2026-09-12T02:00")
    assert change is not None
    assert change.steps == ()
    line = imposed(ref="CN-2026-91", act="CN-2026-91", effective_on="2026-10-12")
    first = suspended_world().put(line, "2026-10-12T16:00", seed="x", catching_up_to="2026-11-04T12:00:00+00:00")
    assert first is not None
    assert first.steps == (), "the first record of a jump may be a line of the timeline"


def test_a_record_from_the_far_side_of_a_jump_counts_as_the_jump() -> None:
    world = suspended_world()
    other = imposed(ref="CN-2026-90", act="CN-2026-90", effective_on="2026-11-04")
    change = world.put(other, "2026-11-04T02:00")
    assert change is not None
    assert [step.days for step in change.steps] == [7]


def test_a_change_says_of_which_jump_or_step_its_tick_is_a_part() -> None:
    """The scorer waits with reminders, and in a jump with scores, for the end of it."""
    world = suspended_world()
    end = at("2025-12-01T12:00")
    assert world.tick("2025-12-01", "2025-12-01T12:00").catching_up_to == end
    replayed = world.put(Tick(at=at("2025-12-02"), step_to=at("2025-12-03T04:00")), "2025-12-02")
    assert replayed is not None
    assert (replayed.catching_up_to, replayed.step_to) == (None, at("2025-12-03T04:00"))
    assert world.tick("2025-12-04").step_to is None


def test_every_tick_is_a_change_but_none_twice() -> None:
    world = World()
    assert [world.tick(moment).number for moment in ("2026-01-01", "2026-01-01T00:01")] == [1, 2]
    log = list(world.log)
    assert world.take(log[0]) is None
    assert world.take(log[1]) is None
