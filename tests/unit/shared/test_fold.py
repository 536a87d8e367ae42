"""A fold behind the loop: silence up to what is acknowledged, then the same words again."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.kafka.fold import FoldHandler, LogIsShortened
from shared.kafka.loop import Assigned
from shared.kafka.record import DeadLetter, Incoming, Outgoing, TopicPartition
from shared.kafka.snapshots import Snapshot, SnapshotStore

TP = TopicPartition("ledger", 3)


@dataclass
class Line:
    offset: int
    value: bytes | None
    topic: str = "ledger"
    partition: int = 3
    key: bytes | None = b"k"
    headers: Sequence[tuple[str, bytes]] = ()


@dataclass
class Sum:
    total: int = 0

    def take(self, record: Incoming) -> Sequence[Outgoing]:
        try:
            self.total += int(record.value or b"")
        except ValueError as error:
            raise DeadLetter(f"not a number: {record.value!r}") from error
        return [Outgoing("alerts", record.key, str(self.total).encode())]

    def recover(self, record: Incoming) -> None:
        self.take(record)

    def recovered(self) -> None:
        pass

    def dump(self) -> bytes:
        return str(self.total).encode()


def handler(folder: Path, snapshot_every_s: float = 1e9) -> FoldHandler:
    store = SnapshotStore(folder, "sum", version=1)
    return FoldHandler("test", lambda _, state: Sum(int(state or b"0")), store, snapshot_every_s=snapshot_every_s)


def lines(*numbers: bytes, start: int = 0) -> list[Line]:
    return [Line(start + i, number) for i, number in enumerate(numbers)]


async def values(folded: FoldHandler, batch: Sequence[Incoming]) -> list[bytes | None]:
    return [output.value for output in await folded.handle(TP, batch)]


async def test_at_its_first_start_it_speaks_from_the_beginning(tmp_path: Path) -> None:
    fold = handler(tmp_path)
    assert await fold.assigned(Assigned(TP, beginning=0, committed=None, end=3)) == 0
    assert await values(fold, lines(b"1", b"2", b"3")) == [b"1", b"3", b"6"]


async def test_restarted_it_folds_in_silence_up_to_the_committed_offset(tmp_path: Path) -> None:
    fold = handler(tmp_path)
    assert await fold.assigned(Assigned(TP, beginning=0, committed=2, end=3)) == 0
    assert await values(fold, lines(b"1", b"2", b"3")) == [b"6"]


async def test_a_snapshot_saves_the_reading_and_gives_the_same(tmp_path: Path) -> None:
    SnapshotStore(tmp_path, "sum", version=1).write(3, Snapshot(next_offset=2, state=b"3"))
    fold = handler(tmp_path)
    assert await fold.assigned(Assigned(TP, beginning=1, committed=2, end=3)) == 2
    assert await values(fold, lines(b"3", start=2)) == [b"6"]


async def test_a_snapshot_ahead_of_the_committed_offset_does_not_make_it_speak_twice(tmp_path: Path) -> None:
    SnapshotStore(tmp_path, "sum", version=1).write(3, Snapshot(next_offset=2, state=b"3"))
    fold = handler(tmp_path)
    assert await fold.assigned(Assigned(TP, beginning=0, committed=1, end=3)) == 2


async def test_what_cannot_be_understood_is_dead_lettered_with_its_bytes(tmp_path: Path) -> None:
    fold = handler(tmp_path)
    await fold.assigned(Assigned(TP, beginning=0, committed=None, end=3))
    first, dead, last = await fold.handle(TP, lines(b"1", b"one", b"2"))
    assert (first.value, last.value) == (b"1", b"3")
    assert (dead.topic, dead.value, dead.key) == ("ledger.dlq", b"one", b"k")
    assert ("dlq.source", b"ledger/3/1") in list(dead.headers)


async def test_a_log_that_no_longer_begins_at_its_beginning_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LogIsShortened, match="restore a snapshot"):
        await handler(tmp_path).assigned(Assigned(TP, beginning=7, committed=9, end=10))


async def test_a_snapshot_of_another_cluster_is_refused(tmp_path: Path) -> None:
    SnapshotStore(tmp_path, "sum", version=1).write(3, Snapshot(next_offset=50, state=b"3"))
    with pytest.raises(LogIsShortened, match="another cluster"):
        await handler(tmp_path).assigned(Assigned(TP, beginning=0, committed=None, end=10))


async def test_snapshots_are_taken_while_it_runs(tmp_path: Path) -> None:
    fold = handler(tmp_path, snapshot_every_s=0)
    await fold.assigned(Assigned(TP, beginning=0, committed=None, end=3))
    await fold.handle(TP, lines(b"1", b"2"))
    await fold.settled(TP, 2)
    await fold.written()
    assert SnapshotStore(tmp_path, "sum", version=1).newest(3) == Snapshot(next_offset=2, state=b"3")


def test_a_damaged_snapshot_gives_way_to_the_one_before_it(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path, "sum", version=1)
    for offset in (1, 2, 3):
        store.write(3, Snapshot(offset, b"state %d" % offset))
    kept = sorted(tmp_path.rglob("*.snapshot"))
    assert [int(path.stem) for path in kept] == [2, 3]
    kept[1].write_bytes(kept[1].read_bytes()[:-1] + b"?")
    assert store.newest(3) == Snapshot(2, b"state 2")
