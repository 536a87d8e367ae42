"""The timeline lived through: each act posted as of the day of its announcement, taken at the door on the replay clock,
read by the registry with a tick a day. What it had told by each day is what the notices say (measures/data)."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from services.ingest.testing import NDJSON, Ingest, lines
from services.ingest.time_source import ReplayedTime
from shared.catalog.acts import acts
from shared.clock import Clock
from shared.contracts.measures import Measure, MeasureRecord
from shared.kafka.record import Stamp
from shared.settings import ClockSettings
from tests.unit.ingest.events import NEWS, but
from tests.unit.measures.expected import BROUGHT_BY, EXPECTED, changed, counts, shown
from tests.unit.measures.timeline import plain
from tests.unit.registry.world import Record, World

BEGINS = datetime(2022, 12, 1, tzinfo=UTC)
LAST_DAY = but(NEWS, published_at="2026-11-29T00:00:00Z")


class Told(NamedTuple):
    """A measure as it was told at a moment, and the act that was behind it; none: a clock."""

    moment: datetime
    measure: Measure
    act: str | None


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> list[Told]:
    return asyncio.run(_lived(tmp_path_factory.mktemp("clock")))


@pytest.mark.parametrize("day", EXPECTED["dates"])
def test_every_state_on_every_day(story: list[Told], day: str) -> None:
    assert {ref: shown(told[-1].measure) for ref, told in _by(day, story).items()} == EXPECTED["dates"][day]


@pytest.mark.parametrize("day", EXPECTED["dates"])
def test_the_act_behind_each_difference(story: list[Told], day: str) -> None:
    told = _by(day, story)
    assert {ref: _brought_by(told[ref]) for ref in changed(day)} == BROUGHT_BY[day]


@pytest.mark.parametrize("day", EXPECTED["entities"])
def test_how_many_are_listed_and_how_many_of_them_suspended(story: list[Told], day: str) -> None:
    measures = {ref: told[-1].measure for ref, told in _by(day, story).items()}
    assert {ref: counts(measure) for ref, measure in measures.items() if measure.entities} == EXPECTED["entities"][day]


LIVES = {
    "CN-2025-21": {
        "listed": ["2025-04-05"],
        "suspended": ["2025-05-15", "2025-08-13", "2025-10-10", "2025-11-08", "2025-12-15"],
        "listed again": ["2026-11-11", "2026-11-28"],
    },
    "CN-2025-22": {"suspended": ["2025-05-15"], "removed": ["2025-08-13", "2025-12-15", "2026-11-28"]},
    "CN-2025-13": {"listed": ["2025-04-05", "2025-08-13", "2025-11-08"], "removed": ["2025-12-15", "2026-11-28"]},
}


@pytest.mark.parametrize("ref", LIVES)
def test_every_entity_by_name(story: list[Told], ref: str) -> None:
    (added,) = [act for act in acts() if (act.get("ref"), act.get("action")) == (ref, "added")]
    names = [entity["name"] for entity in added["entities"]]  # type: ignore[attr-defined]
    for state, days in LIVES[ref].items():
        for day in days:
            measure = _by(day, story)[ref][-1].measure
            told = {entity.name: entity.state for entity in measure.entities}
            assert told == dict.fromkeys(names, state.split()[0]), day


async def _lived(folder: Path) -> list[Told]:
    ingest = Ingest(ReplayedTime(Clock.open(ClockSettings(data_dir=folder, clock="replay", replay_from=BEGINS))))
    posted = [act for act in acts() if act["kind"] != "signal"]
    answer = await ingest.post(lines(*map(plain, posted), LAST_DAY), NDJSON)
    assert answer.json()["accepted"] == len(posted) + 1, answer.text
    names = {result["event_id"]: str(act["act"]) for result, act in zip(answer.json()["results"], posted, strict=False)}
    world = World()
    for record in ingest.producer.records:
        if record.topic == "world":
            world.take(Record(record.value, record.headers))
    return list(_told(world, names))


def _told(world: World, names: dict[str, str]) -> Iterator[Told]:
    for output in world.said:
        if output.topic == "measures":
            stamp, record = Stamp.read(output.headers), MeasureRecord.model_validate_json(output.value or b"")
            yield Told(stamp.accepted_at, record.measure, names.get(stamp.event_id))


def _by(day: str, story: list[Told]) -> dict[str, list[Told]]:
    """What was told of each measure while it was still that day in China: nobody's next day has begun."""
    evening = datetime.fromisoformat(f"{day}T15:59:59Z")
    found: dict[str, list[Told]] = {}
    for told in story:
        if told.moment <= evening:
            found.setdefault(told.measure.ref, []).append(told)
    return found


def _brought_by(told: list[Told]) -> str | None:
    """The newest difference is a move, and its history says whose; or else the act's that was just posted."""
    number = max(
        number
        for number, one in enumerate(told)
        if number == 0 or shown(one.measure) != shown(told[number - 1].measure)
    )
    one, before = told[number].measure, told[number - 1].measure.history if number else ()
    return one.history[-1].act if len(one.history) > len(before) else told[number].act
