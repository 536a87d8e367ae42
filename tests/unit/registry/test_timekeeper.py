"""Who writes when: the first tick at once, one a minute after it; on the replay clock only the timeline."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from services.registry import seed
from services.registry.handler import RegistryHandler
from services.registry.timekeeper import Timekeeper
from shared.contracts.base import to_json
from shared.contracts.changes import Tick
from shared.kafka.loop import Assigned
from shared.kafka.record import Outgoing, Stamp, TopicPartition
from shared.kafka.snapshots import SnapshotStore
from tests.unit.registry.world import Record, at

TP = TopicPartition("world", 0)


class FakeClock:
    def __init__(self, now: datetime, *, replay: bool = False) -> None:
        self.time = now
        self.replay = replay
        self.reached: datetime | None = None

    def now(self) -> datetime:
        return self.time

    def reach(self, moment: datetime) -> None:
        self.reached = moment


class Box:
    """A `world` of one process: what is written is read at once, and sleeping moves the clock."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.clock = clock
        self.handler = RegistryHandler(1, SnapshotStore(folder, "registry", 1), snapshot_every_s=60)
        self.written: list[Outgoing] = []
        self.oversleep = timedelta()
        self.slept = asyncio.Event()

    async def send(self, records: Sequence[Outgoing]) -> None:
        for record in records:
            await self.read(record)

    async def read(self, record: Outgoing) -> None:
        self.written.append(record)
        offset = len(self.written) - 1
        await self.handler.handle(TP, [Record(record.value, record.headers, offset)])
        await self.handler.settled(TP, offset + 1)

    async def sleep(self, seconds: float) -> None:
        await self.slept.wait()
        self.slept.clear()
        self.clock.time += timedelta(seconds=seconds) + self.oversleep

    def ticks(self) -> list[datetime]:
        return [
            Tick.model_validate_json(one.value or b"").at for one in self.written if (one.key or b"")[:4] == b"tick"
        ]


@asynccontextmanager
async def running(box: Box) -> AsyncIterator[Timekeeper]:
    keeper = Timekeeper(box.clock, box.handler, seed.lines(), box.send, box.sleep)  # type: ignore[arg-type]
    task = asyncio.create_task(keeper.run())
    yield keeper
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def line_of(record: Outgoing) -> str:
    return dict(record.headers)["seed"].decode()


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_nothing_before_world_is_read_to_its_end(tmp_path: Path) -> None:
    box = Box(tmp_path, FakeClock(at("2026-11-23T10:15:30")))
    async with running(box) as keeper:
        await settle()
        assert box.written == []
        await box.handler.assigned(Assigned(TP, 0, None, 1))
        await settle()
        assert keeper.unready() == "reading world: 1 records to go"
        assert box.written == []
        first = Tick(at=at("2026-11-23T10:15"))
        stamp = Stamp("tick/x", first.at, first.at, "tick/1")
        await box.read(Outgoing("world", b"tick/x", to_json(first), stamp.headers()))
        await settle()
        assert keeper.unready() is None
        assert box.ticks()[-1] == at("2026-11-23T10:15:30")


async def test_a_tick_at_the_start_and_one_with_each_minute(tmp_path: Path) -> None:
    box = Box(tmp_path, FakeClock(at("2026-11-23T10:15:30")))
    await box.handler.assigned(Assigned(TP, 0, None, 0))
    async with running(box) as keeper:
        assert keeper.unready() == "writing the timeline and the first tick"
        for _ in range(2):
            await settle()
            box.slept.set()
        await settle()
    assert box.ticks() == [at("2026-11-23T10:15:30"), at("2026-11-23T10:16"), at("2026-11-23T10:17")]
    assert box.clock.reached == at("2026-11-23T10:17")
    assert len(box.written) == len(seed.lines()) + 3


async def test_a_machine_that_slept_finds_the_days_that_it_missed(tmp_path: Path) -> None:
    box = Box(tmp_path, FakeClock(at("2026-11-23T10:15")))
    await box.handler.assigned(Assigned(TP, 0, None, 0))
    async with running(box):
        await settle()
        box.oversleep = timedelta(days=2)
        box.slept.set()
        await settle()
    assert box.ticks()[1:3] == [at("2026-11-24"), at("2026-11-25")]
    assert box.ticks()[3] == at("2026-11-25T10:16")


async def test_it_stops_writing_when_another_copy_takes_over(tmp_path: Path) -> None:
    box = Box(tmp_path, FakeClock(at("2026-11-23T10:15")))
    await box.handler.assigned(Assigned(TP, 0, None, 0))
    async with running(box):
        await settle()
        await box.handler.revoked([TP])
        assert "another copy" in (box.handler.standing_by() or "")
        count = len(box.written)
        box.slept.set()
        await settle()
        assert len(box.written) == count
        await box.handler.assigned(Assigned(TP, 0, None, 0))
        box.clock.time = at("2026-11-23T10:20")
        await settle()
        assert box.ticks()[-1] == at("2026-11-23T10:20")


async def test_on_the_replay_clock_it_writes_lines_and_no_tick(tmp_path: Path) -> None:
    box = Box(tmp_path, FakeClock(at("2023-01-01"), replay=True))
    await box.handler.assigned(Assigned(TP, 0, None, 0))
    async with running(box) as keeper:
        await settle()
        assert keeper.unready() is None
        assert [dict(record.headers)["seed"] for record in box.written] == [
            b"ID-2020-NI-imposed",
            b"ZW-2022-LI-imposed",
        ]
        tick = Tick(at=at("2023-06-08"))
        stamp = Stamp("tick/x", tick.at, tick.at, "tick/1")
        await box.read(Outgoing("world", b"tick/x", to_json(tick), stamp.headers()))
        await settle()
    last = box.written[-1]
    assert line_of(last) == "NA-2023-imposed"
    assert Stamp.read(last.headers).accepted_at == at("2023-06-08")
    assert not Stamp.read(last.headers).quiet
    assert box.clock.reached is None
