"""The state as bytes: what a snapshot holds, and that a replay gives the same."""

from datetime import timedelta

from services.registry import state as states
from services.registry.fold import Registry
from shared.kafka.record import Outgoing
from tests.unit.registry.world import (
    PARTITIONS,
    Record,
    World,
    at,
    flow,
    imposed,
    list_change,
    news,
    override,
    price,
    suspended,
)


def eventful() -> World:
    world = World()
    world.put(imposed(), "2025-10-09T02:00", seed="line-1")
    world.put(list_change("added", ["Kratos", "Skydio"], effective_on="2025-04-04"), "2025-10-09T02:00")
    world.put(news("Announcement No. 61", published="2025-10-10"), "2025-10-10T02:00")
    world.put(price(260, "2025-10-11"), "2025-10-11T02:00")
    world.put(flow(10, "2025-09"), "2025-10-12T02:00")
    world.put(suspended(), "2025-11-07T02:00")
    world.tick("2025-11-08", "2025-12-01")
    world.put(imposed(effective_on="2025-10-10"), "2025-11-08T02:00")
    world.put(override("in_force"), "2025-11-09T02:00")
    world.days("2025-11-10", "2025-11-12")
    world.put(news(published="2025-11-12"), "2025-11-12T02:00")
    return world


def replay(log: list[Record], registry: Registry) -> list[Outgoing]:
    return [output for record in log for output in registry.take(record)]


def test_a_replay_gives_the_same_records_and_the_same_state_to_the_byte() -> None:
    world, again = eventful(), Registry(PARTITIONS)
    assert replay(world.log, again) == world.said
    assert again.dump() == world.registry.dump()


def test_from_a_snapshot_anywhere_it_goes_on_as_if_nothing_had_been() -> None:
    world = eventful()
    for cut in range(1, len(world.log)):
        early = Registry(PARTITIONS)
        said = replay(world.log[:cut], early)
        restored = Registry.restore(PARTITIONS, early.dump())
        assert restored.dump() == early.dump(), cut
        assert said + replay(world.log[cut:], restored) == world.said, cut
        assert restored.dump() == world.registry.dump(), cut


def test_what_the_windows_no_longer_need_is_forgotten() -> None:
    world = World()
    for number in range(50):
        moment = at("2026-01-01") + timedelta(days=number)
        world.put(news(f"{number}", published=moment.date().isoformat(), materials=(f"m{number}",)), moment)
    early = len(world.registry.dump())
    world.tick("2027-06-01")
    assert len(world.registry.dump()) < early / 10


def test_an_empty_state() -> None:
    assert states.dump(states.load(states.dump(states.State()))) == states.dump(states.State())
