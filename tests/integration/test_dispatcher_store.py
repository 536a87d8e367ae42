"""What the dispatcher's statements promise, on a real PostgreSQL."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, cast

import pytest

from services.dispatcher import replays
from services.dispatcher.batches import NONE_TAKEN, Batch, Collapsed, Health, Move, Owed, Replay, Settled, Taken
from services.dispatcher.database import bring_up_to_date, connect
from services.dispatcher.formats.formatted import formatted
from services.dispatcher.health import OVER
from services.dispatcher.letters import Delivery
from services.dispatcher.receivers import Receivers
from services.dispatcher.replays import AT_ONCE as REPLAYED_AT_ONCE
from services.dispatcher.replays import paces, replay
from services.dispatcher.retention import AT_ONCE, DELIVERIES, forget
from services.dispatcher.settings import DispatcherSettings
from services.dispatcher.store import PositionLost, Store
from shared.contracts.deliveries import Attempt, DeliveryState, ReplayMessages
from tests.unit.dispatcher.making import MOMENT, delivery, letter, receiver

pytestmark = pytest.mark.integration

NOW = time.time()


def move(was: int, next_offset: int) -> Move:
    return Move("alerts", 0, was, next_offset, next_offset)


async def take(store: Store, *owed: Owed, was: int = 0) -> frozenset[str]:
    """Writes these deliveries with their letters; what waits in line."""
    batch = Batch([move(was, was + len(owed))], [one.delivery.letter for one in owed], list(owed))
    return (await store.take(batch, NOW)).waiting


def parked(number: int, at: float = NOW, endpoint_id: str = "e-1", partition: int = 0) -> Owed:
    return Owed(delivery(endpoint_id, number, partition), at)


def in_line(number: int, at: float | None = NOW, customer_id: str | None = "acme") -> Owed:
    sent = letter(number, customer_id)
    return Owed(Delivery(delivery("e-1", number).delivery_id, "e-1", sent, in_line=True), at)


def of_alert(number: int, at: float | None = NOW, alert_id: str = "a-1") -> Owed:
    """At an endpoint with `collapse: latest`."""
    owed = parked(number)
    owed.delivery.alert_id, owed.next_at = alert_id, at
    return owed


async def fail(store: Store, one: Delivery) -> Collapsed:
    again = Settled(one.delivery_id, "due", one.attempts + 1, NOW + 60, 503, None)
    return (await store.settle([again], [], None, NOW, [one.delivery_id])).collapsed


def ended(one: Delivery, state: DeliveryState = "delivered") -> Settled:
    return Settled(one.delivery_id, state, one.attempts + 1, None, 204, None)


async def settle(store: Store, *outcomes: Settled) -> list[str]:
    return list((await store.settle(outcomes, [], None, NOW)).following)


async def claim(store: Store, room: int = 100, until: float = NOW, endpoint_id: str = "e-1") -> list[int | None]:
    return [one.letter.number for one in await store.claim([(endpoint_id, room, until)], [0])]


async def test_a_second_start_finds_the_schema_as_it_is(settings: DispatcherSettings) -> None:
    await bring_up_to_date(settings)


async def test_a_batch_moves_its_positions_and_a_repeat_of_it_is_refused_whole(store: Store) -> None:
    await take(store, parked(1), parked(2))
    position = await store.find_position("alerts", 0, 0)
    assert (position.next_offset, position.number, position.previous_owner) == (2, 2, "0")
    with pytest.raises(PositionLost):
        await take(store, parked(3), was=0)
    assert await claim(store) == [1, 2]


async def test_a_partition_that_another_copy_took_over_takes_nothing_more_from_us(
    store: Store, settings: DispatcherSettings
) -> None:
    async with await Store.open(settings, "another") as another:
        assert (await another.find_position("alerts", 0, 0)).previous_owner == "0"
        with pytest.raises(PositionLost, match="another dispatcher has read on"):
            await take(store, parked(1))
        await take(another, parked(1))


async def test_what_was_written_before_is_reported_as_such(store: Store) -> None:
    await take(store, parked(1))
    batch = Batch([move(1, 3)], [letter(1), letter(2)], [parked(1), parked(2)])
    taken = await store.take(batch, NOW)
    assert taken.added == frozenset({delivery(number=2).delivery_id})


async def test_what_an_endpoint_that_came_late_is_owed_moves_no_position(store: Store) -> None:
    await take(store, parked(1))
    late = Owed(delivery("e-2", number=1), None)
    assert (await store.take(Batch(owed=[late]), NOW)).added is None
    assert (await store.take(Batch(owed=[late]), NOW)).added == frozenset()
    assert (await store.find_position("alerts", 0, 0)).next_offset == 1


async def test_a_claim_takes_the_earliest_due_with_their_letters_and_each_once(store: Store) -> None:
    await take(store, parked(1, NOW - 1), parked(2, NOW - 3), parked(3, NOW - 2), parked(4, NOW + 60))
    (first,) = await store.claim([("e-1", 1, NOW)], [0])
    assert (first.letter.number, first.letter.body, first.letter.customer_id) == (2, b"{}", "acme")
    assert await claim(store) == [3, 1]
    assert await claim(store) == []
    assert await store.earliest(["e-1", "e-2"], [0]) == {"e-1": pytest.approx(NOW + 60, abs=1e-3)}


async def test_what_waited_is_sent_with_the_same_bytes_in_every_format(store: Store) -> None:
    several = replace(letter(1), materials=("gallium", "rare-earth magnets"), body=b'{"type":"alert.opened"}')
    await take(store, Owed(Delivery(delivery().delivery_id, "e-1", several), NOW), parked(2))
    one, without = await store.claim([("e-1", 10, NOW)], [0])
    assert formatted(one.letter, "slack", None) == formatted(several, "slack", None)
    assert b"rare earth magnets" in formatted(one.letter, "slack", None).body
    assert without.letter.materials == ()


async def test_a_claim_leaves_other_endpoints_and_other_partitions_alone(store: Store) -> None:
    await take(store, parked(1), parked(2, endpoint_id="e-2"), parked(3, partition=1))
    assert await claim(store) == [1]
    assert await claim(store, endpoint_id="e-2") == [2]


async def test_of_a_line_one_is_due_and_its_end_makes_the_next_due(store: Store) -> None:
    assert await take(store, in_line(1), in_line(2, inf), in_line(3, inf, "other")) == {
        delivery(number=number).delivery_id for number in (2, 3)
    }
    assert await take(store, in_line(4), was=3) == {delivery(number=4).delivery_id}
    (head,) = await store.claim([("e-1", 10, NOW)], [0])
    assert head.letter.number == 1
    assert await settle(store, Settled(head.delivery_id, "due", 1, NOW + 5, 500, None)) == []
    assert await claim(store) == []
    (head,) = await store.claim([("e-1", 10, NOW + 5)], [0])
    assert await settle(store, ended(head, "dead")) == ["e-1"]
    assert await claim(store) == [2]


async def test_a_line_that_has_ended_starts_at_once(store: Store) -> None:
    await take(store, in_line(1, None))
    await settle(store, ended(in_line(1).delivery))
    assert await take(store, in_line(2, None), was=1) == set()


async def test_messages_about_nobody_are_a_line_of_their_own(store: Store) -> None:
    await take(store, in_line(1, None))
    assert await take(store, in_line(2, None, customer_id=None), was=1) == set()
    assert await take(store, in_line(3, None, customer_id=None), was=2) == {delivery(number=3).delivery_id}


async def test_the_next_of_a_line_says_which_ones_died_before_it_until_one_is_delivered(store: Store) -> None:
    await take(store, in_line(1, None), in_line(2, inf), in_line(3, inf))
    for dead in (1, 2):
        await settle(store, ended(in_line(dead).delivery, "dead"))
        (following,) = await store.claim([("e-1", 1, NOW)], [0])
        assert following.skipped == tuple(range(1, dead + 1))
    assert dict(following.marks()) == {"chokepoint-skipped": "1,2"}
    await settle(store, ended(following, "delivered"))
    assert (await store.take(Batch([move(3, 4)], [letter(4)], [in_line(4, None)]), NOW)).skipped == {}


async def test_a_line_that_died_out_is_remembered_until_its_next_message_comes(store: Store) -> None:
    await take(store, in_line(1, None), in_line(2, None, "other"))
    await settle(store, ended(in_line(1).delivery, "dead"))
    batch = Batch([move(2, 4)], [letter(3), letter(4, "other")], [in_line(3, None), in_line(4, inf, "other")])
    assert (await store.take(batch, NOW)).skipped == {delivery(number=3).delivery_id: [1]}


async def test_where_no_order_is_asked_for_nothing_is_skipped(store: Store) -> None:
    await take(store, parked(1), parked(2))
    await settle(store, ended(parked(1).delivery, "dead"))
    (following,) = await store.claim([("e-1", 1, NOW)], [0])
    assert list(following.marks()) == []


async def test_those_of_one_alert_that_wait_give_way_to_a_new_one_which_says_so(store: Store) -> None:
    await take(store, of_alert(1, None), of_alert(2, NOW + 60), of_alert(3, NOW + 60, "a-2"))
    taken = (await store.take(Batch([move(3, 4)], [letter(4)], [of_alert(4, None)]), NOW)).collapsed
    assert (taken.partitions, taken.into) == ((0,), {delivery(number=4).delivery_id: (2,)}), "1 is under way"
    (told,) = [Attempt.model_validate_json(record.value or b"") for record in taken.records]
    assert (told.sequence, told.state, told.error) == (2, "collapsed", "sequence 4 of the same alert is sent instead")
    assert taken.report is not None
    assert [report for report, _ in await store.untold(0, 10, stale_before=0)] == [taken.report]
    assert await claim(store, until=NOW + 60) == [3]


async def test_one_that_failed_gives_way_to_a_newer_one_that_waits_not_to_one_under_way(store: Store) -> None:
    first, second = of_alert(1, None).delivery, of_alert(2, None).delivery
    await take(store, Owed(first, None), Owed(second, None))
    assert not (await fail(store, first)).partitions
    gave_way = await fail(store, second)
    assert gave_way.into == {second.delivery_id: (1,)}
    (loaded,) = await store.claim([("e-1", 9, NOW + 60)], [0])
    assert (loaded.letter.number, dict(loaded.marks())) == (2, {"chokepoint-collapsed": "1"})
    await store.park([loaded.delivery_id], NOW)
    taken = await store.take(Batch([move(2, 3)], [letter(3)], [of_alert(3, None)]), NOW)
    assert taken.collapsed.into == {delivery(number=3).delivery_id: (1, 2)}, "it stands for all of them"


async def test_a_line_goes_on_where_its_first_gave_way(store: Store) -> None:
    line = [in_line(number, NOW + 60 if number == 1 else inf) for number in (1, 2, 3)]
    for owed, alert in zip(line, ("a-1", "a-2", "a-1"), strict=True):
        owed.delivery.alert_id = alert
    await take(store, *line[:2])
    taken = await store.take(Batch([move(2, 3)], [letter(3)], [line[2]]), NOW)
    assert taken.waiting == frozenset({line[2].delivery.delivery_id})
    assert taken.collapsed.following == ("e-1",)
    assert await claim(store) == [2]
    await settle(store, ended(line[1].delivery))
    (last,) = await store.claim([("e-1", 9, NOW)], [0])
    assert dict(last.marks()) == {"chokepoint-collapsed": "1"}


async def test_one_that_gave_way_is_no_failure_but_can_be_sent_when_asked_for_and_stays(store: Store) -> None:
    await take(store, of_alert(1))
    await store.take(Batch([move(1, 2)], [letter(2)], [of_alert(2)]), NOW)
    assert await claim(store) == [2]
    first = delivery(number=1).delivery_id
    assert (await store.take(Batch([move(2, 2)], retries=[first]), NOW)).retried == (("e-1", 0, True),)
    taken = await store.take(Batch([move(2, 3)], [letter(3)], [of_alert(3)]), NOW)
    assert not taken.collapsed.partitions, "somebody wants that one"
    assert await claim(store) == [1, 3]


async def test_a_line_that_a_hand_over_left_blocked_goes_on(store: Store) -> None:
    await take(store, in_line(1, inf), in_line(2, inf))
    assert await store.recover(0, NOW, []) == {"e-1": pytest.approx(NOW, abs=1e-3)}
    assert await claim(store) == [1]


async def test_an_outcome_counts_once(store: Store) -> None:
    await take(store, parked(1))
    (one,) = await store.claim([("e-1", 1, NOW)], [0])
    await settle(store, ended(one))
    await settle(store, Settled(one.delivery_id, "due", 1, NOW, None, "late"))
    assert await claim(store) == []


async def test_what_an_earlier_owner_held_falls_due_and_what_we_hold_ourselves_does_not(store: Store) -> None:
    held, theirs = parked(1).delivery, parked(2).delivery
    await take(store, Owed(held, None), Owed(theirs, None), parked(3, NOW + 60), parked(4, endpoint_id="e-2"))
    due = await store.recover(0, NOW + 16, [held.delivery_id])
    assert due == {"e-1": pytest.approx(NOW + 16, abs=1e-3), "e-2": pytest.approx(NOW, abs=1e-3)}
    assert await claim(store, until=NOW + 16) == [2]


async def test_what_is_parked_again_is_due_again_unless_it_has_ended(store: Store) -> None:
    one, two = parked(1).delivery, parked(2).delivery
    await take(store, Owed(one, None), Owed(two, None))
    await settle(store, ended(two))
    await store.park([one.delivery_id, two.delivery_id], NOW)
    assert await claim(store) == [1]


async def test_a_retry_begins_anew_what_has_ended_and_hurries_what_waits(store: Store) -> None:
    await take(store, parked(1), parked(2), parked(3, NOW + 60))
    for one in await store.claim([("e-1", 2, NOW)], [0]):
        one.attempts = 9
        await settle(store, ended(one, "dead" if one.letter.number == 1 else "delivered"))
    retries = [delivery(number=number).delivery_id for number in (1, 2, 3)]
    taken = await store.take(Batch([move(3, 3)], retries=[*retries, str(delivery(number=4).delivery_id)]), NOW)
    assert sorted(taken.retried) == [("e-1", 0, False), ("e-1", 0, True), ("e-1", 0, True)]
    found = {one.letter.number: one for one in await store.claim([("e-1", 10, NOW)], [0])}
    assert [(found[n].attempts, found[n].schedule_from, found[n].replay) for n in (1, 2, 3)] == [
        (10, 10, False), (10, 10, True), (0, 0, False),
    ]  # fmt: skip


async def test_an_attempt_beside_the_schedule_is_counted_but_takes_no_step_of_it(store: Store) -> None:
    one = parked(1).delivery
    await take(store, Owed(one, None))
    await settle(store, Settled(one.delivery_id, "due", 5, NOW, 429, None, beside=True))
    (found,) = await store.claim([("e-1", 1, NOW)], [0])
    assert (found.attempts, found.schedule_from) == (5, 1)


async def test_a_retry_of_what_is_under_way_changes_nothing(store: Store) -> None:
    one = parked(1).delivery
    await take(store, Owed(one, None))
    taken = await store.take(Batch([move(1, 1)], retries=[one.delivery_id]), NOW)
    assert taken.retried == ()


async def test_what_is_due_is_counted_as_of_one_moment(store: Store) -> None:
    await take(store, parked(1), parked(2), parked(3, partition=1))
    await settle(store, ended(parked(1).delivery))
    moments: list[None] = []
    assert await store.count_due([0, 1, 2], lambda: moments.append(None)) == {0: 1, 1: 1}
    assert len(moments) == 1


async def test_a_report_is_kept_until_it_is_told(store: Store, settings: DispatcherSettings) -> None:
    report = (await store.settle([], [], "[]", NOW)).report
    assert report is not None
    assert await store.untold(0, 10, stale_before=0) == [(report, "[]")]
    async with await Store.open(settings, "another") as another:
        assert await another.untold(0, 10, stale_before=NOW - 60) == []
        assert await another.untold(0, 10, stale_before=NOW + 60) == [(report, "[]")]
    await store.told([report])
    assert await store.untold(0, 10, stale_before=0) == []


async def test_what_comes_of_an_outcome_is_written_with_it(store: Store) -> None:
    await take(store, parked(1))
    told = parked(2, endpoint_id="ops")
    written = await store.settle([ended(parked(1).delivery, "dead")], [], None, NOW, owed=[told])
    assert (written.owed, written.taken.added) == ([told], None)
    assert await claim(store, endpoint_id="ops") == [2]


async def test_the_health_of_endpoints_outlives_the_process(store: Store) -> None:
    since = datetime(2026, 3, 1, tzinfo=UTC)
    await store.settle([], [Health("e-1", since), Health("e-2", None, 3, "gone")], None, NOW)
    assert sorted(await store.health(), key=lambda one: one.endpoint_id) == [
        Health("e-1", since), Health("e-2", None, 3, "gone"),
    ]  # fmt: skip
    await store.settle([], [Health("e-1", None)], None, NOW)
    assert await store.health() == [Health("e-2", None, 3, "gone")], "the other is well"


async def test_a_rest_outlives_the_process_until_it_is_said_to_be_over(store: Store) -> None:
    rest = Health("e-1", None, rest_until=datetime.now(UTC) + timedelta(days=1), rest_version=7)
    await store.settle([], [rest], None, NOW)
    await store.settle([], [Health("e-1", None)], None, NOW)
    assert await store.health() == [rest], "what another copy does not know it leaves alone"
    await store.settle([], [replace(rest, rest_until=OVER)], None, NOW)
    assert await store.health() == []


async def test_what_ended_long_ago_is_forgotten_and_what_is_due_is_not(
    store: Store, settings: DispatcherSettings
) -> None:
    await take(store, parked(1), parked(2), parked(3))
    await settle(store, ended(parked(1).delivery), ended(parked(2).delivery))
    connection = await connect(settings)
    try:
        old = "now() - interval '200 days'"
        one, due = delivery(number=1).delivery_id, letter(3).message_id
        await connection.execute(f"UPDATE deliveries SET ended_at = {old} WHERE delivery_id = $1", one)  # noqa: S608
        await connection.execute(f"UPDATE letters SET stored_at = {old} WHERE message_id <> $1", due)  # noqa: S608
        await forget(connection, datetime.now(UTC) - timedelta(days=90))
        kept = await connection.fetch("SELECT number FROM deliveries ORDER BY number")
        assert [row["number"] for row in kept] == [2, 3]
        assert await connection.fetchval("SELECT count(*) FROM letters") == 1
    finally:
        await connection.close()
    assert await claim(store) == [3]


async def test_while_the_old_is_being_deleted_everything_else_goes_on(
    store: Store, settings: DispatcherSettings
) -> None:
    await take(store, parked(1), parked(2), parked(3, NOW + 60))
    await settle(store, ended(parked(1).delivery))
    connection = await connect(settings)
    deleting = connection.transaction()
    await deleting.start()
    gone = await connection.execute(DELIVERIES, datetime.now(UTC) + timedelta(days=1), AT_ONCE)
    try:
        async with asyncio.timeout(5):
            assert await claim(store) == [2]
            await settle(store, ended(parked(2).delivery))
            await take(store, parked(4), was=3)
            assert await claim(store, until=NOW + 60) == [4, 3]
    finally:
        await deleting.rollback()
        await connection.close()
    assert gone == "DELETE 1"


async def test_statements_that_come_together_take_turns(store: Store) -> None:
    await take(store, *(parked(number) for number in range(1, 101)))
    claims = await asyncio.gather(*(claim(store, room=10) for _ in range(10)))
    assert sorted(number or 0 for one in claims for number in one) == list(range(1, 101))


def replay_of(command_id: str, since: datetime, until: datetime) -> Replay:
    return Replay(ReplayMessages(id=command_id, endpoint_id="e-1", since=since, until=until), partition=0)


async def test_a_replay_goes_by_the_timestamps_of_messages_not_by_when_they_came(store: Store) -> None:
    await take(store, parked(1))
    await store.settle([ended(parked(1).delivery)], [], None, NOW)
    came, minute = datetime.fromtimestamp(NOW, UTC), timedelta(minutes=1)
    of_when_it_came = replay_of("r-1", came - minute, came + minute)
    await store.take(Batch(replays=[of_when_it_came]), NOW)
    assert (await replayed(store)) == 0
    await store.take(Batch(replays=[replay_of("r-2", MOMENT - minute, MOMENT)]), NOW)
    assert (await replayed(store)) == 1


async def test_a_replay_to_a_busy_endpoint_waits_and_keeps_no_other_one_waiting(store: Store) -> None:
    sent = [parked(1), parked(2, endpoint_id="e-2")]
    await take(store, *sent)
    await store.settle([ended(one.delivery) for one in sent], [], None, NOW)
    first = replay_of("r-1", MOMENT, MOMENT)
    second = Replay(first.command.model_copy(update={"id": "r-2", "endpoint_id": "e-2"}), partition=0)
    await store.take(Batch(replays=[first, second]), NOW)
    step = await replay(store, [0], NOW, busy=["e-1"])
    assert step is not None
    assert step.retried == (("e-2", 0, True),)
    assert await replay(store, [0], NOW, busy=["e-1"]) is NONE_TAKEN
    assert await replayed(store) == 1
    assert await replay(store, [0], NOW) is None


class Elsewhere:
    """Inbox and courier to a replay: its endpoint is paused, with something due."""

    def __init__(self) -> None:
        self.partitions = [0]
        self.replays = asyncio.Event()
        self.paused = True
        self.accepted: list[Taken] = []

    def busy(self) -> list[str]:
        return ["e-1"] if self.paused else []

    def is_busy(self, endpoint_id: str) -> bool:
        return endpoint_id in self.busy()

    def accept(self, _owed: Sequence[Owed], taken: Taken) -> None:
        self.accepted.append(taken)


async def test_a_replay_to_a_paused_endpoint_asks_sql_no_more_until_it_is_enabled(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take(store, parked(1))
    await store.settle([ended(parked(1).delivery)], [], None, NOW)
    await store.take(Batch(replays=[replay_of("r-1", MOMENT, MOMENT)]), NOW)
    asked, there = [], Elsewhere()
    transaction = Store.transaction

    def counted(self: Store) -> AbstractAsyncContextManager[Any]:
        asked.append(self)
        return transaction(self)

    monkeypatch.setattr(Store, "transaction", counted)
    monkeypatch.setattr(replays, "BUSY_S", 0.005)
    carrying = asyncio.create_task(replays.carry_out(store, cast("Any", there), cast("Any", there), Receivers()))
    await asyncio.sleep(0.3)
    assert (len(asked), there.accepted) == (2, [])
    there.paused = False
    async with asyncio.timeout(5):
        while not there.accepted:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    carrying.cancel()
    assert there.accepted[0].retried == (("e-1", 0, True),)


async def replayed(store: Store) -> int:
    step = await replay(store, [0], NOW)
    assert step is not None
    return len(step.retried)


async def test_a_replay_comes_step_by_step_in_the_order_of_the_messages_and_survives_its_dispatcher(
    store: Store, settings: DispatcherSettings
) -> None:
    count = 2 * REPLAYED_AT_ONCE + 50
    sent = [parked(number) for number in range(1, count + 1)]
    await take(store, *sent)
    await store.settle([ended(one.delivery) for one in sent], [], None, NOW)
    asked = replay_of("r-1", MOMENT, MOMENT)
    await store.take(Batch(replays=[asked, asked]), NOW)
    step = await replay(store, [0], NOW)
    assert step is not None
    assert step.retried == (("e-1", 0, True),) * REPLAYED_AT_ONCE
    assert await replay(store, [1], NOW) is None, "another partition's"
    async with await Store.open(settings, "after") as after:
        steps = [await replay(after, [0], NOW + n) for n in (1, 2, 3)]
    assert [one and len(one.retried) for one in steps] == [REPLAYED_AT_ONCE, 50, None]
    assert len(await claim(store, room=count + 1, until=NOW + 10)) == count


async def test_a_replay_to_an_endpoint_with_a_pace_hands_over_a_second_s_worth_at_a_time(store: Store) -> None:
    sent = [parked(number, endpoint_id="e-2" if number < 4 else "e-1") for number in range(1, 9)]
    await take(store, *sent)
    await store.settle([ended(one.delivery) for one in sent], [], None, NOW)
    await store.take(Batch(replays=[replay_of("r-1", MOMENT, MOMENT)]), NOW)
    receivers = Receivers()
    receivers.put("e-1", receiver("e-1", rate_limit_per_s=2))
    steps = [await replay(store, [0], NOW + n, room=paces(receivers)) for n in range(4)]
    assert [one and len(one.retried) for one in steps] == [2, 2, 1, None], "others' messages are none of them"
    assert await claim(store, until=NOW + 10) == [4, 5, 6, 7, 8]


async def test_a_replay_keeps_each_customer_s_order_and_nothing_new_waits_for_it(store: Store) -> None:
    sent = [in_line(5), in_line(30), in_line(2), in_line(29), in_line(32, customer_id="other")]
    await take(store, *sent)
    await store.settle([ended(one.delivery) for one in sent], [], None, NOW)
    await store.take(Batch(replays=[replay_of("r-1", MOMENT, MOMENT)]), NOW)
    step = await replay(store, [0], NOW, in_order=lambda endpoint_id: endpoint_id == "e-1")
    assert step is not None
    assert len(step.retried) == 5
    assert await claim(store) == [2, 32], "the first of each customer's"
    assert await take(store, in_line(40), was=5) == frozenset(), "it is no part of the line"
    assert await claim(store) == [40]
    for before, after in ((2, 5), (5, 29), (29, 30)):
        assert await settle(store, ended(in_line(before).delivery)) == ["e-1"]
        assert await claim(store) == [after]


async def test_a_second_page_of_a_replay_stands_behind_the_first_in_its_line(store: Store) -> None:
    count = REPLAYED_AT_ONCE + 1
    sent = [in_line(number) for number in range(count, 0, -1)]
    await take(store, *sent)
    await store.settle([ended(one.delivery) for one in sent], [], None, NOW)
    await store.take(Batch(replays=[replay_of("r-1", MOMENT, MOMENT)]), NOW)
    for _ in range(2):
        await replay(store, [0], NOW, in_order=lambda _: True)
    assert await claim(store) == [1]
    for number in range(1, count):
        await settle(store, ended(in_line(number).delivery))
        assert await claim(store) == [number + 1]
