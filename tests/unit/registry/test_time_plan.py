"""What is written when time has come on: quiet history at the first start, then lines and ticks in one order."""

from datetime import datetime

from services.registry import seed
from services.registry.records import read_notes
from services.registry.seed import Line
from services.registry.time_plan import in_order, jump_to, missing_from, seeds, ticks
from shared.catalog.acts import acts
from shared.contracts.changes import Tick
from shared.kafka.record import Outgoing, Stamp
from tests.unit.registry.world import Record, World, at

LINES = seed.lines()


def due(
    world: World, now: datetime, timeline: list[Line] = LINES, written: frozenset[str] = frozenset()
) -> list[Outgoing]:
    state = world.registry.state
    missing, jump = missing_from(state, timeline, set(written), now), jump_to(state, now)
    return in_order(seeds(state, missing, now, jump, now), ticks(state, now, jump, now))


def fold(world: World, records: list[Outgoing]) -> World:
    for record in records:
        world.take(Record(record.value, record.headers))
    return world


def kinds(records: list[Outgoing]) -> list[str]:
    """`quiet`, `line` or `tick`, each with its instant."""
    stamps = [Stamp.read(record.headers) for record in records]
    words = ["tick" if stamp.schema == "tick/1" else "quiet" if stamp.quiet else "line" for stamp in stamps]
    return [f"{word} {stamp.accepted_at:%Y-%m-%d %H:%M}" for word, stamp in zip(words, stamps, strict=True)]


def started(when: str, timeline: list[Line] = LINES) -> World:
    world = World()
    return fold(world, due(world, at(when), timeline))


def test_at_the_first_start_all_that_was_is_history_of_one_instant_before_the_first_tick() -> None:
    records = due(World(), at("2026-11-23T10:15"))
    assert kinds(records) == ["quiet 2026-11-23 10:15"] * len(LINES) + ["tick 2026-11-23 10:15"]
    assert [read_notes(record.headers)["seed"] for record in records[:-1]] == [line.id for line in LINES]


def test_what_lies_ahead_is_not_written_yet() -> None:
    records = due(World(), at("2025-04-03T15:59"))
    lines = {read_notes(record.headers).get("seed") for record in records}
    assert "CN-2025-13-added" in lines
    assert "CN-2025-18-imposed" not in lines


def test_without_a_timeline_only_a_tick() -> None:
    assert kinds(due(World(), at("2026-11-23T10:15"), [])) == ["tick 2026-11-23 10:15"]


def test_a_line_lived_through_comes_with_the_minute_of_its_day() -> None:
    world = started("2025-04-03T15:58")
    assert kinds(due(world, at("2025-04-03T15:59"))) == ["tick 2025-04-03 15:59"]
    fold(world, due(world, at("2025-04-03T15:59")))
    records = due(world, at("2025-04-03T16:00"))
    assert kinds(records) == ["line 2025-04-03 16:00"] * 2 + ["tick 2025-04-03 16:00"]
    assert world.take(Record(records[0].value, records[0].headers)) is not None


def test_lines_that_a_jump_passes_stand_between_the_ticks_of_its_days() -> None:
    world = started("2025-04-02T12:00")
    records = due(world, at("2025-04-05T06:30"))
    assert kinds(records) == [
        "tick 2025-04-03 00:00",
        "line 2025-04-03 16:00",
        "line 2025-04-03 16:00",
        "tick 2025-04-04 00:00",
        "tick 2025-04-05 00:00",
        "tick 2025-04-05 06:30",
    ]
    ends = {
        read_notes(record.headers).get("catching-up-to") for record in records if b"tick" not in (record.key or b"")
    }
    assert ends == {"2025-04-05T06:30:00.000000Z"}
    bodies = [Tick.model_validate_json(record.value or b"") for record in records if b"tick" in (record.key or b"")]
    assert {body.catching_up_to for body in bodies} == {at("2025-04-05T06:30")}


def test_a_step_of_a_minute_is_no_jump() -> None:
    world = started("2025-01-01T23:59")
    (record,) = due(world, at("2025-01-02T00:00"))
    assert Tick.model_validate_json(record.value or b"").catching_up_to is None


def test_a_midnight_between_two_minutes_has_its_tick() -> None:
    world = started("2025-01-01T23:59")
    assert kinds(due(world, at("2025-01-02T00:00:20"))) == ["tick 2025-01-02 00:00", "tick 2025-01-02 00:00"]


def test_a_start_that_broke_off_is_taken_up_where_it_was_and_its_history_stays_history() -> None:
    everything = due(World(), at("2025-04-03T12:00"))
    for written in range(len(everything) + 1):
        world = fold(World(), everything[:written])
        rest = due(world, at("2025-04-03T12:03"))
        whole = fold(world, rest)
        assert whole.registry.state.seeded == {line.id for line in LINES if line.due <= at("2025-04-03T12:00")}, written
        quiet = [Stamp.read(record.headers).quiet for record in [*everything[:written], *rest]]
        assert quiet.count(True) == len(everything) - 1, written


def test_a_jump_that_broke_off_too() -> None:
    everything = due(started("2025-04-02T12:00"), at("2025-04-05T06:30"))
    for written in range(len(everything)):
        world = fold(started("2025-04-02T12:00"), everything[:written])
        rest = due(world, at("2025-04-05T06:31"))
        assert kinds([*everything[:written], *rest])[:-1] == kinds(everything)[:-1], written


def test_a_world_that_began_before_the_first_line_hears_of_it_when_its_day_comes() -> None:
    world = started("2019-08-01T00:00")
    records = due(world, at("2019-09-01T00:00"))
    (line,) = [record for record in records if "seed" in read_notes(record.headers)]
    assert not Stamp.read(line.headers).quiet
    assert Stamp.read(line.headers).accepted_at == at("2019-08-29T17:00")


def test_a_line_written_twice_counts_once() -> None:
    world = World()
    records = due(world, at("2025-01-01"))
    fold(world, records)
    dump = world.registry.dump()
    fold(world, records)
    assert world.registry.dump() == dump


def test_what_this_process_has_written_is_not_written_again_before_it_is_read() -> None:
    written = frozenset(line.id for line in LINES)
    assert kinds(due(World(), at("2026-11-23"), written=written)) == ["tick 2026-11-23 00:00"]


def test_time_never_falls_behind_what_was_read() -> None:
    world = started("2025-04-02T12:00")
    world.tick("2025-04-04T00:00")
    records = due(world, at("2025-04-04T00:01"))
    assert kinds(records)[0] == "line 2025-04-04 00:00", "its own day was passed before it could be written"


def test_the_seeded_world_has_every_measure_of_the_timeline() -> None:
    world = started("2026-11-23T00:00")
    refs = {act["ref"] for act in acts() if act["kind"] != "signal"}
    assert {entry.identity.ref for entry in world.registry.state.book} == refs
    assert {signal.novelty for signal in world.signals()} == {"stale"}
    assert len({signal.story_id for signal in world.signals()}) == 5
    assert world.registry.state.changes == len(LINES) + 1
