"""Observations of licence cases: they change what is known of lead times at the next midnight, all at once."""

from services.registry.fold import Registry
from services.registry.lead_times import of_state
from shared.contracts.licences import LeadTimes, LicenceKind, Observation
from shared.domain.licences.strata import Key
from tests.unit.licences.cases import many, observed
from tests.unit.registry.world import PARTITIONS, World, imposed

CASES = many(5)


def asked(world: World) -> LeadTimes:
    kind = LicenceKind(origin="CN", material="terbium", destination="DE", end_use="civil")
    told = of_state(world.registry.state, kind)
    assert told is not None
    return told


def observe(world: World, *cases: Observation, day: str = "2026-07-01") -> None:
    for minute, case in enumerate(cases):
        assert world.put(case, f"{day}T10:{minute:02}") is None, "nothing changes before the day is over"


def test_what_was_observed_changes_the_strata_at_the_next_midnight_as_one_change() -> None:
    world = World()
    world.tick("2026-07-01T09:00")
    observe(world, *CASES)
    assert world.tick("2026-07-01T23:59").strata == ()
    change = world.tick("2026-07-02")
    assert {Key.of(stratum).destination for stratum in change.strata} == {"DE", None}
    assert [stratum.cases for stratum in change.strata] == [5, 5, 5]
    assert world.tick("2026-07-03").strata == (), "nothing moved since"


def test_whatever_comes_first_after_midnight_brings_them() -> None:
    world = World()
    world.tick("2026-07-01T09:00")
    observe(world, *CASES)
    change = world.put(imposed(), "2026-07-02T00:00:07")
    assert change is not None
    assert change.cause == "act"
    assert len(change.strata) == 3
    assert world.tick("2026-07-02T00:01").strata == ()


def test_an_observation_that_comes_first_is_of_the_day_after() -> None:
    world = World()
    world.tick("2026-07-01T09:00")
    observe(world, *CASES[:4])
    assert world.put(CASES[4], "2026-07-02T00:00:01") is None
    assert world.tick("2026-07-02T00:01").strata == ()
    assert len(world.tick("2026-07-03").strata) == 3


def test_the_observation_after_midnight_is_itself_the_change() -> None:
    world = World()
    world.tick("2026-07-01T09:00")
    observe(world, *CASES)
    change = world.put(observed("c9", partition=1), "2026-07-02T00:00:01")
    assert change is not None
    assert (change.cause, len(change.strata)) == ("observation", 3)


def test_what_a_scorer_says_again_changes_nothing() -> None:
    world = World()
    world.tick("2026-07-01T09:00")
    pending, granted = observed("c4", case="x", number=900), observed("c4", 20, case="x", number=901)
    observe(world, *CASES[:4], pending, granted, pending)
    assert {stratum.pending for stratum in world.tick("2026-07-02").strata} == {0}


def test_who_asks_is_answered_as_of_the_last_midnight() -> None:
    world = World()
    world.tick("2026-07-01T09:00")
    assert (asked(world).n, asked(world).as_of) == (0, None)
    observe(world, *CASES)
    assert asked(world).n == 0
    world.tick("2026-07-02")
    told = asked(world)
    assert (told.n, told.stratum) == (5, "own")
    assert told.as_of is not None
    assert told.as_of.isoformat() == "2026-07-02T00:00:00+00:00"


def test_a_snapshot_anywhere_changes_nothing_that_follows() -> None:
    world = World()
    world.tick("2026-07-01T09:00")
    observe(world, *CASES[:3])
    other = World(Registry.restore(PARTITIONS, world.registry.dump()))
    for each in (world, other):
        observe(each, *CASES[3:], day="2026-07-01")
    assert world.tick("2026-07-02") == other.tick("2026-07-02")
    again = Registry.restore(PARTITIONS, world.registry.dump())
    assert again.dump() == world.registry.dump()
    assert asked(World(again)) == asked(world)


def test_replayed_it_says_the_same() -> None:
    world = World()
    world.tick("2026-07-01T09:00")
    observe(world, *CASES, *many(6, 40, "denied", destination="FR", name="f"))
    world.days("2026-07-02", "2026-07-05")
    again = World()
    for record in world.log:
        again.take(record)
    assert again.said == world.said
