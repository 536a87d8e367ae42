"""A scorer that was killed folds in silence what was acknowledged and speaks from there: the same ids and numbers."""

from pathlib import Path

import orjson

from services.scorer.handler import ScorerHandler
from services.scorer.testing import Ledger, bought, measure
from shared.kafka.loop import Assigned
from shared.kafka.record import Outgoing, TopicPartition
from shared.kafka.snapshots import SnapshotStore
from shared.kafka.topics import ALERTS

LEDGER = TopicPartition("ledger", 1)


def lived(customers: int = 3, acts: int = 10) -> Ledger:
    ledger = Ledger()
    for number in range(customers):
        ledger.customer(f"c-{number}", bought(cover=30 + 10 * number))
    for number in range(acts):
        ledger.after(hours=5).act(measure(f"CN-{number}"))
        ledger.decision("c-1", f"L-{number}", "denied")
    return ledger


async def run(
    handler: ScorerHandler, ledger: Ledger, *, committed: int | None, until: int | None = None
) -> list[Outgoing]:
    end = len(ledger.records)
    start = await handler.assigned(Assigned(LEDGER, 0, committed, end)) or 0
    return list(await handler.handle(LEDGER, ledger.records[start:until]))


def named(outputs: list[Outgoing]) -> list[tuple[str, int, int]]:
    found = [orjson.loads(output.value or b"") for output in outputs if output.topic == ALERTS]
    return [(message["message_id"], message["number"], message["sequence"]) for message in found]


async def test_a_repeat_after_a_kill_carries_the_same_ids_and_numbers(tmp_path: Path) -> None:
    ledger = lived()
    everything = named(ledger.outputs)
    for committed in range(0, len(ledger.records), 4):
        handler = ScorerHandler(SnapshotStore(tmp_path / str(committed), "scorer", 1), snapshot_every_s=0)
        spoken = named(await run(handler, ledger, committed=committed))
        assert spoken == everything[len(everything) - len(spoken) :]


async def test_it_starts_from_its_snapshot(tmp_path: Path) -> None:
    ledger = lived()
    store = SnapshotStore(tmp_path, "scorer", 1)
    first = ScorerHandler(store, snapshot_every_s=0)
    half = len(ledger.records) // 2
    early = await run(first, ledger, committed=None, until=half)
    await first.settled(LEDGER, half)
    await first.written()
    second = ScorerHandler(store, snapshot_every_s=0)
    late = await run(second, ledger, committed=half)
    assert named([*early, *late]) == named(ledger.outputs)


def test_each_customers_sequence_has_no_gap_and_no_repeat() -> None:
    ledger = lived()
    for customer in ("c-0", "c-1", "c-2"):
        sequences = [m["sequence"] for m in ledger.messages if m["customer_id"] == customer]
        assert sequences == list(range(1, len(sequences) + 1))
    assert [m["number"] for m in ledger.messages] == list(range(1, len(ledger.messages) + 1))
