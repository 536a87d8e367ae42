from pathlib import Path

from prometheus_client import REGISTRY

from services.registry.handler import RegistryHandler
from services.registry.metrics import SOONEST, count_signals, show_lead, show_measures
from shared.kafka.record import TopicPartition
from shared.kafka.snapshots import SnapshotStore
from shared.metrics import MEASURES_UNCONFIRMED
from tests.unit.registry.world import World, imposed, news, suspended


def test_measures_by_state_and_the_days_until_they_end() -> None:
    world = World()
    world.put(imposed(), "2025-10-09T02:00")
    world.put(imposed(act="CN-2", ref="CN-2"), "2025-10-09T02:00")
    world.put(suspended(), "2025-11-07T02:00")
    world.tick("2026-11-03T20:00")
    show_measures(world.registry.state)
    assert REGISTRY.get_sample_value("chokepoint_measures", {"state": "suspended"}) == 1
    assert REGISTRY.get_sample_value("chokepoint_measures", {"state": "in_force"}) == 1
    assert REGISTRY.get_sample_value("chokepoint_measures", {"state": "lifted"}) == 0
    assert REGISTRY.get_sample_value("chokepoint_measure_days_to_expiry", {"measure": "CN-2025-61"}) == 6
    assert REGISTRY.get_sample_value("chokepoint_measures_unconfirmed") == 0
    world.tick("2026-11-11T00:00")
    show_measures(world.registry.state)
    assert REGISTRY.get_sample_value("chokepoint_measure_days_to_expiry", {"measure": "CN-2025-61"}) is None
    assert REGISTRY.get_sample_value("chokepoint_measures_unconfirmed") == 1


def test_however_many_measures_end_only_those_that_end_first_are_shown() -> None:
    world = World()
    for number in range(SOONEST + 20):
        name, until = f"CN-{number}", f"2027-{1 + number // 28:02}-{1 + number % 28:02}"
        world.put(imposed(act=name, ref=name, until=until), "2025-10-09T02:00")
    show_measures(world.registry.state)
    [family] = [each for each in REGISTRY.collect() if each.name == "chokepoint_measure_days_to_expiry"]
    shown = [sample.labels["measure"] for sample in family.samples]
    assert len(shown) == SOONEST
    assert "CN-0" in shown
    assert f"CN-{SOONEST}" not in shown


def test_who_holds_world_leads() -> None:
    for holds in (True, False):
        show_lead(holds_world=holds)
        assert REGISTRY.get_sample_value("chokepoint_leads", {"role": "registry"}) == holds


async def test_a_copy_from_which_the_world_is_taken_shows_no_measure_any_more(tmp_path: Path) -> None:
    handler = RegistryHandler(8, SnapshotStore(tmp_path, "registry", 1), snapshot_every_s=120)
    world = World()
    world.put(imposed(until="2027-01-01"), "2025-10-09T02:00")
    show_measures(world.registry.state)
    MEASURES_UNCONFIRMED.set(1)
    assert REGISTRY.get_sample_value("chokepoint_measures", {"state": "in_force"}) == 1
    await handler.revoked([TopicPartition("world", 0)])
    assert REGISTRY.get_sample_value("chokepoint_measures", {"state": "in_force"}) is None
    assert REGISTRY.get_sample_value("chokepoint_measure_days_to_expiry", {"measure": "CN-2025-61"}) is None
    assert REGISTRY.get_sample_value("chokepoint_measures_unconfirmed") == 0


def test_signals_by_novelty() -> None:
    labels = {"type": "control_imposed", "novelty": "new"}
    before = REGISTRY.get_sample_value("chokepoint_signals_total", labels) or 0
    world = World()
    world.put(news(published="2026-01-10"), "2026-01-10T02:00")
    count_signals(world.said)
    assert REGISTRY.get_sample_value("chokepoint_signals_total", labels) == before + 1
