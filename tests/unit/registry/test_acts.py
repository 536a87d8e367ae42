"""An act on `world`: one numbered change for every partition, the measure for whoever asks."""

from datetime import date
from itertools import permutations

import pytest

from shared.contracts.events import Source
from shared.contracts.measures import MeasureRecord
from shared.kafka.record import DeadLetter, Stamp
from tests.unit.registry.world import (
    PARTITIONS,
    Record,
    World,
    at,
    imposed,
    list_change,
    measure_change,
    override,
    suspended,
)


def test_a_new_act_is_a_change_with_its_transition_and_the_measure() -> None:
    change = World().put(imposed(title="Licences"), "2025-10-09T02:00", "event-1")
    assert change is not None
    assert (change.number, change.cause, change.record_id, change.at) == (1, "act", "event-1", at("2025-10-09T02:00"))
    assert (change.source, change.title) == (Source(name="MOFCOM", type="government"), "Licences")
    (transition,) = change.transitions
    assert (transition.measure_id, transition.previous, transition.state) == ("CN-2025-61", None, "in_force")
    assert (transition.act, transition.at) == ("CN-2025-61", at("2025-10-08T16:00"))
    (measure,) = change.measures
    assert measure.state == "in_force"


def test_it_goes_to_every_partition_with_the_stamp_of_its_cause() -> None:
    world = World()
    world.put(imposed(), "2025-10-09T02:00", "event-1")
    to_ledger = [output for output in world.said if output.topic == "ledger"]
    assert [output.partition for output in to_ledger] == list(range(PARTITIONS))
    assert {output.key for output in to_ledger} == {b"change"}
    stamp = Stamp.read(to_ledger[0].headers)
    assert (stamp.event_id, stamp.accepted_at, stamp.schema) == ("event-1", at("2025-10-09T02:00"), "change/1")


def test_the_measures_topic_has_the_acts_that_give_any_day() -> None:
    world = World()
    world.put(imposed(), "2025-10-09T02:00")
    world.put(suspended(), "2025-11-07T02:00")
    (output,) = [output for output in world.said if output.topic == "measures"][1:]
    record = MeasureRecord.model_validate_json(output.value or b"")
    assert (output.key, output.partition) == (b"CN-2025-61", 0)
    assert [act.action for act in record.acts] == ["imposed", "suspended"]
    assert record.acts[1].known_at == at("2025-11-07T02:00")
    assert record.as_of == at("2025-11-07T02:00")


def test_numbers_count_changes_not_records() -> None:
    world = World()
    assert world.put(imposed(), "2025-10-09T02:00") is not None
    assert world.put(imposed(), "2025-10-09T02:01") is None
    second = world.put(suspended(), "2025-11-07T02:00")
    assert second is not None
    assert second.number == 2


def test_the_same_act_from_another_source_under_another_id_is_a_duplicate_for_ever() -> None:
    world = World()
    world.put(imposed(), "2025-10-09T02:00")
    told = imposed(source={"name": "Customs", "type": "government"}, id="x")
    assert world.put(told, "2027-10-09T02:00", "other") is None


def test_other_content_under_the_same_key_is_a_correction_that_moves_the_state() -> None:
    world = World()
    world.put(imposed(effective_on="2025-12-01", announced_on="2025-10-09"), "2025-10-09T02:00")
    change = world.put(imposed(effective_on="2025-10-09"), "2025-10-09T02:00")
    assert change is not None
    (transition,) = change.transitions
    assert (transition.previous, transition.state) == ("announced", "in_force")
    back = world.put(imposed(effective_on="2025-12-01", announced_on="2025-10-09"), "2025-10-09T03:00")
    assert back is not None
    assert back.transitions[0].state == "announced"


def test_acts_that_contradict_each_other_end_the_same_in_whatever_order_they_come() -> None:
    day = {"announced_on": "2025-11-07", "effective_on": "2025-11-07"}
    said = [
        imposed(),
        suspended(act="CN-2025-70", **day),
        measure_change("lifted", act="CN-2025-71", **day),
        measure_change("expanded", act="CN-2025-72", materials=["holmium"], **day),
    ]
    ends = set()
    for order in permutations(said):
        world = World()
        for act in order:
            world.put(act, "2025-11-08T02:00")
        ends.add(world.measure("CN-2025-61").model_dump_json(exclude={"history", "evidence"}))
    (end,) = ends
    assert '"state":"lifted"' in end, "of one day, what ends a measure comes last"


def test_articles_of_one_act_live_lives_of_their_own() -> None:
    world = World()
    for ref, material in (("CN-2024-46/1", "gallium"), ("CN-2024-46/2", "germanium")):
        act = imposed(act="CN-2024-46", ref=ref, materials=[material], effective_on="2024-12-03")
        assert world.put(act, "2024-12-03T02:00") is not None, "another ref is no duplicate"
    world.put(suspended(ref="CN-2024-46/2", act="CN-2025-72"), "2025-11-09T02:00")
    states = {ref: world.measure(ref).state for ref in ("CN-2024-46/1", "CN-2024-46/2")}
    assert states == {"CN-2024-46/1": "in_force", "CN-2024-46/2": "suspended"}


def test_an_affiliate_is_on_a_list_only_by_its_own_name_and_lives_a_life_of_its_own() -> None:
    world = World()
    listed = ["Mitsubishi Heavy Industries Aero Engines, Ltd.", "Mitsubishi Heavy Industries Shipbuilding Co."]
    world.put(list_change("added", listed, effective_on="2026-02-24"), "2026-02-24T02:00")
    world.put(list_change("removed", ["Mitsubishi Heavy Industries"], effective_on="2026-03-01"), "2026-03-01T02:00")
    world.put(list_change("suspended", [listed[0]], effective_on="2026-03-02", act="PAUSE"), "2026-03-02T02:00")
    states = {entity.name: entity.state for entity in world.measure("CN-2025-21").entities}
    assert (states[listed[0]], states[listed[1]]) == ("suspended", "listed")


def test_an_act_that_moves_no_state_still_shows_the_measure() -> None:
    world = World()
    world.put(imposed(), "2025-10-09T02:00")
    world.put(suspended(), "2025-11-07T02:00")
    change = world.put(
        suspended(action="extended", act="CN-2026-9", effective_on="2026-10-01", until="2027-11-10"), "2026-10-01T02:00"
    )
    assert change is not None
    assert change.transitions == ()
    assert change.measures[0].suspended_until == date(2027, 11, 10)


def test_acts_may_come_in_any_order() -> None:
    world = World()
    world.put(suspended(), "2025-11-08T02:00")
    change = world.put(imposed(), "2025-11-09T02:00")
    assert change is not None
    assert change.transitions == ()
    assert world.measure("CN-2025-61").state == "suspended"
    assert world.measure("CN-2025-61").materials == ("terbium",)


def test_history_is_quiet() -> None:
    change = World().put(imposed(), "2026-10-09T02:00", quiet=True)
    assert change is not None
    assert change.quiet


def test_a_list_is_a_measure_of_the_authoritys_country() -> None:
    world = World()
    change = world.put(list_change("added", ["Kratos", "Skydio"], effective_on="2025-04-04"), "2025-04-04T02:00")
    assert change is not None
    (measure,) = change.measures
    assert (measure.issuer, measure.instrument, measure.targets) == ("CN", "entity_listing", ("US",))
    assert measure.title == "China puts 2 entities on its export control list"
    watched = world.put(
        list_change("added", ["TDK"], effective_on="2025-04-04", list="watch_list", ref="CN-2026-12"),
        "2025-04-04T02:00",
    )
    assert watched is not None
    assert watched.measures[0].instrument == "watch_list"


def test_an_override_moves_a_measure_and_says_so() -> None:
    world = World()
    world.put(imposed(), "2025-10-09T02:00")
    change = world.put(override("lifted"), "2025-12-01T02:00", "override/1")
    assert change is not None
    assert (change.cause, change.title) == ("override", "seen")
    assert (change.transitions[0].state, change.transitions[0].act) == ("lifted", "override/1")
    assert world.put(override("lifted"), "2025-12-01T02:00", "override/1") is None


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (override("lifted", measure_id="CN-1"), "override of CN-1, which is no measure that is known"),
        (
            list_change("added", ["A"], effective_on="2025-04-04", authority="MOFCOM"),
            "authority 'MOFCOM' names no country",
        ),
    ],
)
def test_what_cannot_be_taken_moves_nothing(record: object, reason: str) -> None:
    world = World()
    world.put(imposed(), "2025-10-09T02:00")
    before = world.registry.dump()
    with pytest.raises(DeadLetter, match=reason):
        world.put(record, "2026-10-09T02:00")  # type: ignore[arg-type]
    assert world.registry.dump() == before


@pytest.mark.parametrize("value", [None, b"{", b"{}", b'{"kind": "weather"}', b'{"kind": "tick"}'])
def test_what_cannot_be_read_moves_nothing(value: bytes | None) -> None:
    world = World()
    headers = Stamp("event", at("2026-01-01"), at("2026-01-01"), "any/1").headers()
    with pytest.raises(DeadLetter):
        world.take(Record(value, headers))
    assert world.registry.state.now is None


def test_a_measure_with_more_acts_than_one_record_can_carry_takes_no_more() -> None:
    world = World()
    names = [f"{number} {'x' * 900}" for number in range(500)]
    world.put(list_change("added", names, effective_on="2025-04-04"), "2025-04-04T02:00")
    world.put(list_change("added", names, effective_on="2025-04-04", act="B"), "2025-04-04T02:00")
    with pytest.raises(DeadLetter, match="would take more than 1000000 bytes together"):
        world.put(list_change("added", names, effective_on="2025-04-04", act="C"), "2025-04-04T02:00")
