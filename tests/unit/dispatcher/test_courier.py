"""Deliveries go from their lanes to their receivers, and what came of it is settled. The sender is the tests'."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY

from services.dispatcher.batches import Batch, Collapsed, Health, Owed, Written
from services.dispatcher.courier import Courier
from services.dispatcher.health import OVER, EndpointHealth
from services.dispatcher.letters import Delivery
from services.dispatcher.outcomes import Disabled, Notice, Outcome
from services.dispatcher.receivers import Receiver, Receivers
from services.dispatcher.sender import Reply
from services.dispatcher.testing import MemoryStore
from shared.contracts.endpoints import Circuit
from shared.domain.delivery.policy import Answer
from tests.unit.dispatcher.making import delivery, receiver

Behaves = Callable[[Receiver, Delivery], Awaitable[Answer]]


async def fine(_receiver: Receiver, _delivery: Delivery) -> Answer:
    return Answer(204)


async def broken(_receiver: Receiver, _delivery: Delivery) -> Answer:
    return Answer(500)


async def hangs(_receiver: Receiver, _delivery: Delivery) -> Answer:
    await asyncio.sleep(60)
    return Answer(204)


@dataclass
class Sender:
    behaviour: Behaves = fine
    sent: list[Delivery] = field(default_factory=list)

    async def send(self, receiver: Receiver, delivery: Delivery) -> Reply:
        self.sent.append(delivery)
        return Reply(await self.behaviour(receiver, delivery), datetime.now(UTC), 0.001)


class World:
    """A courier whose outcomes are durable at once."""

    def __init__(self, behaviour: Behaves) -> None:
        self.store = MemoryStore()
        self.receivers = Receivers()
        self.health = EndpointHealth()
        self.sender = Sender(behaviour)
        self.stood_still = False
        self.courier = Courier(
            self.store, self.receivers, self.sender, self.health, partitions=8, stood_still=lambda: self.stood_still
        )
        self.outcomes: list[Outcome] = []
        self.disabled: list[Disabled] = []
        self.circuits: list[Circuit] = []
        self.gave_way: tuple[int, ...] = ()
        self.more = asyncio.Event()

    def add(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.more.set()
        row = self.store.rows[outcome.settled.delivery_id]
        row.state, row.attempts, row.next_at = (
            outcome.settled.state, outcome.settled.attempts, outcome.settled.next_at,
        )  # fmt: skip
        self.courier.settled([outcome], Written())

    def add_notice(self, notice: Notice) -> None:
        if isinstance(notice, Disabled):
            self.disabled.append(notice)
        else:
            self.circuits.append(notice.circuit)

    def tell(self, collapsed: Collapsed) -> None:
        self.gave_way += collapsed.partitions

    def write_health(self) -> None:
        self.store.healths |= {one.endpoint_id: one for one in self.health.changes()}

    async def come(self, *deliveries: Delivery) -> None:
        batch = Batch(owed=[Owed(d, None if self.courier.offer(d.endpoint_id) else 0.0) for d in deliveries])
        self.courier.accept(batch.owed, await self.store.take(batch, 0.0))

    async def until(self, count: int) -> list[Outcome]:
        async with asyncio.timeout(5):
            while len(self.outcomes) < count:
                self.more.clear()
                await self.more.wait()
        return self.outcomes


@asynccontextmanager
async def world(behaviour: Behaves = fine) -> AsyncIterator[World]:
    made = World(behaviour)
    async with asyncio.TaskGroup() as tasks:
        made.courier.begin(tasks, made)
        made.receivers.put("e-1", receiver("e-1"))
        await made.courier.own(0, 0.0)
        yield made
        await made.courier.stop(within_s=0)


async def test_what_comes_is_sent_at_once_and_settled() -> None:
    async with world() as made:
        await made.come(delivery(number=1), delivery(number=2))
        outcomes = await made.until(2)
    assert [(o.settled.state, o.settled.attempts, o.settled.status) for o in outcomes] == [("delivered", 1, 204)] * 2


async def test_once_the_process_stood_still_nothing_more_is_sent() -> None:
    async with world() as made:
        await made.come(delivery(number=1))
        await made.until(1)
        made.stood_still = True
        await made.come(delivery(number=2))
    assert [sent.letter.number for sent in made.sender.sent] == [1]


async def test_what_fails_is_settled_as_due_again_by_the_schedule() -> None:
    async with world(broken) as made:
        before = datetime.now(UTC)
        await made.come(delivery())
        (outcome,) = await made.until(1)
    assert (outcome.settled.state, outcome.settled.status) == ("due", 500)
    assert outcome.settled.next_at is not None
    assert 4.4 < outcome.settled.next_at - before.timestamp() < 6


async def test_a_retry_that_falls_due_is_loaded_and_counts_on() -> None:
    async with world() as made:
        await made.come(delivery())
        await made.until(1)
        row = made.store.rows[delivery().delivery_id]
        row.state, row.next_at, row.attempts = "due", 0.0, 4
        await made.courier.own(0, 0.0)
        *_, outcome = await made.until(2)
    assert outcome.settled.attempts == 5


async def test_after_the_tenth_attempt_it_is_dead() -> None:
    async with world(broken) as made:
        one = delivery()
        one.attempts = 9
        await made.come(one)
        (outcome,) = await made.until(1)
    assert outcome.settled.state == "dead"


async def test_a_retry_that_was_asked_for_begins_the_schedule_anew() -> None:
    async with world(broken) as made:
        one = delivery()
        one.attempts = one.schedule_from = 10
        await made.come(one)
        (outcome,) = await made.until(1)
    assert (outcome.settled.state, outcome.settled.attempts) == ("due", 11)


async def test_one_that_is_gone_disables_its_endpoint_and_what_waits_goes_back_to_sql() -> None:
    async def gone(_receiver: Receiver, _delivery: Delivery) -> Answer:
        return Answer(410)

    async with world(gone) as made:
        await made.come(*(delivery(number=number) for number in range(1, 41)))
        await made.until(1)
        await asyncio.sleep(0.01)
        sent = len(made.sender.sent)
        assert sent <= 16, "only those that flew already"
        assert made.receivers.state("e-1") == "held"
        assert [one.reason for one in made.disabled] == ["the receiver answered 410 Gone"]
        assert sum(row.state == "due" and row.next_at is not None for row in made.store.rows.values()) == 40 - sent


@pytest.mark.parametrize("answer", [Answer(410), Answer(503, retry_after="86400"), Answer(500)])
async def test_what_an_earlier_version_s_receiver_answers_is_not_held_against_the_new_one(answer: Answer) -> None:
    moved = asyncio.Event()

    async def old_or_new(receiver: Receiver, _delivery: Delivery) -> Answer:
        if receiver.version == 2:
            return Answer(204)
        await moved.wait()
        return answer

    async with world(old_or_new) as made:
        await made.come(*(delivery(number=number) for number in range(1, 7)))
        await asyncio.sleep(0)
        made.receivers.put("e-1", receiver("e-1", version=2, url="https://elsewhere.example/"))
        moved.set()
        await made.until(6)
        assert (made.receivers.state("e-1"), made.disabled, made.circuits) == ("active", [], [])
        assert (made.health.failing_since("e-1"), made.health.rest_until("e-1", 2)) == (None, 0.0)
        await made.come(delivery(number=7))
        outcomes = await made.until(7 if answer.status != 410 else 13)
    assert [one.settled.state for one in outcomes[:6]] == ["due"] * 6, "none is lost with the place it was sent to"
    assert {one.settled.state for one in outcomes[6:]} == {"delivered"}


async def test_operators_who_ask_for_it_are_told_that_an_endpoint_was_disabled() -> None:
    async def gone(_receiver: Receiver, _delivery: Delivery) -> Answer:
        return Answer(410)

    async with world(gone) as made:
        made.receivers.put("ops", receiver("ops", customer_id=None))
        made.receivers.put("quiet", receiver("quiet", customer_id=None, event_types=["alert.opened"]))
        made.receivers.put("other", receiver("other", customer_id="other"))
        await made.come(delivery())
        await made.until(1)
        ((owed,),) = [one.owed for one in made.disabled]
    assert (owed.delivery.endpoint_id, owed.delivery.letter.type) == ("ops", "endpoint.disabled")
    assert b"410 Gone" in owed.delivery.letter.body


async def test_five_days_without_a_success_disable_an_endpoint() -> None:
    async with world(broken) as made:
        made.health.load([Health("e-1", datetime.now(UTC) - timedelta(days=5))])
        await made.come(delivery())
        (outcome,) = await made.until(1)
    assert outcome.settled.state == "due", "it waits, for the day on which the endpoint is enabled again"
    assert [one.endpoint_id for one in made.disabled] == ["e-1"]
    (kept,) = made.health.changes()
    assert (kept.disabled_version, kept.failing_since) == (1, None)


async def test_failure_is_counted_from_the_first_and_forgotten_with_a_success() -> None:
    async with world(broken) as made:
        await made.come(delivery(number=1))
        await made.until(1)
        since = made.health.failing_since("e-1")
        assert since is not None
        await made.come(delivery(number=2))
        await made.until(2)
        assert made.health.failing_since("e-1") == since
        made.sender.behaviour = fine
        await made.come(delivery(number=3))
        await made.until(3)
        assert made.health.failing_since("e-1") is None


async def test_a_circuit_that_opens_and_closes_is_told_with_since_when_and_the_last_error() -> None:
    async with world(broken) as made:
        await made.come(*(delivery(number=number) for number in range(1, 41)))
        await made.until(16)
        await asyncio.sleep(0)
        (opened,) = made.circuits
        assert open_circuits() == 1
        assert (opened.state, opened.since, opened.last_error) == (
            "open", made.health.failing_since("e-1"), "status 500",
        )  # fmt: skip
        assert opened.trial_at is not None
        assert timedelta(0) < opened.trial_at - datetime.now(UTC) < timedelta(seconds=1)
        assert len(made.sender.sent) == 16, "the others wait for a trial"
        made.sender.behaviour = fine
        made.receivers.put("e-1", receiver("e-1", version=2))
        await made.until(40)
        assert open_circuits() == 0
    assert [circuit.state for circuit in made.circuits] == ["open", "closed"]


def open_circuits() -> float | None:
    """As `/metrics` shows it."""
    return REGISTRY.get_sample_value("chokepoint_endpoints", {"state": "circuit_open"})


async def test_a_hanging_endpoint_keeps_nobody_else_waiting() -> None:
    async def one_hangs(receiver: Receiver, delivery: Delivery) -> Answer:
        return await (hangs if receiver.id == "e-1" else fine)(receiver, delivery)

    async with world(one_hangs) as made:
        made.receivers.put("e-2", receiver("e-2"))
        await made.come(*(delivery("e-1", number) for number in range(1, 301)))
        await made.come(*(delivery("e-2", number) for number in range(1, 301)))
        outcomes = await made.until(300)
    assert {outcome.delivery.endpoint_id for outcome in outcomes} == {"e-2"}


async def test_of_a_deleted_endpoint_everything_is_cancelled_without_an_attempt() -> None:
    async with world(broken) as made:
        await made.come(delivery())
        await made.until(1)
        made.receivers.put("e-1", None)
        *_, outcome = await made.until(2)
    assert (outcome.settled.state, outcome.settled.error) == ("cancelled", "the endpoint was deleted")
    assert len(made.sender.sent) == 1


async def test_an_endpoint_made_anew_gets_nothing_of_the_old_one_s() -> None:
    async with world() as made:
        anew = receiver("e-1", version=2)
        made.receivers.put("e-1", anew)
        old = delivery()
        object.__setattr__(old.letter, "accepted_at", anew.since - timedelta(seconds=1))
        await made.come(old)
        (outcome,) = await made.until(1)
    assert outcome.settled.state == "cancelled"
    assert not made.sender.sent


async def test_a_partition_taken_from_us_takes_what_waits_with_it_but_not_what_flies() -> None:
    async with world(hangs) as made:
        await made.come(*(delivery(number=number) for number in range(1, 41)))
        await asyncio.sleep(0.01)
        await made.courier.disown([0])
        waiting = [row for row in made.store.rows.values() if row.next_at is not None]
        assert len(made.sender.sent) == 16
        assert len(waiting) == 24
        await made.courier.own(0, 0.0)
        await asyncio.sleep(0.01)
        assert len(made.sender.sent) == 16, "what still flies is not taken up a second time"


async def test_asked_to_stop_it_starts_nothing_more_and_lets_attempts_end() -> None:
    async def slow(_receiver: Receiver, _delivery: Delivery) -> Answer:
        await asyncio.sleep(0.05)
        return Answer(204)

    async with world(slow) as made:
        await made.come(*(delivery(number=number) for number in range(1, 41)))
        await asyncio.sleep(0)
        await made.courier.stop(within_s=5)
        assert [outcome.settled.state for outcome in made.outcomes] == ["delivered"] * 16
        assert sum(row.next_at is not None for row in made.store.rows.values()) == 24


async def asks_for_a_day(_receiver: Receiver, _delivery: Delivery) -> Answer:
    return Answer(429, retry_after="86400")


async def test_a_receiver_is_left_alone_as_it_asks_until_its_owner_changes_the_endpoint() -> None:
    async with world(asks_for_a_day) as made:
        await made.come(delivery(number=1))
        await made.until(1)
        made.sender.behaviour = fine
        await made.come(delivery(number=2))
        await asyncio.sleep(0.01)
        assert len(made.outcomes) == 1
        made.receivers.put("e-1", receiver("e-1", version=2, url="https://elsewhere.example/"))
        *_, outcome = await made.until(2)
    assert outcome.settled.state == "delivered"


async def test_a_receiver_is_left_alone_as_it_asks_until_somebody_asks_for_something_now() -> None:
    async with world(asks_for_a_day) as made:
        await made.come(delivery(number=1))
        await made.until(1)
        made.sender.behaviour = fine
        made.courier.hurry(["e-1"])
        assert made.store.healths["e-1"].rest_until == OVER, "for other copies, and for a restart"
        await made.come(delivery(number=2))
        *_, outcome = await made.until(2)
    assert outcome.settled.state == "delivered"


async def test_an_attempt_that_its_receiver_asked_for_is_none_of_the_schedule_s() -> None:
    async def asks_for_a_minute(_receiver: Receiver, _delivery: Delivery) -> Answer:
        return Answer(429, retry_after="60")

    async with world(asks_for_a_minute) as made:
        one = delivery()
        one.attempts = 7
        await made.come(one)
        (outcome,) = await made.until(1)
    assert (outcome.settled.attempts, outcome.settled.beside) == (8, True)


async def test_an_answer_to_an_older_version_of_the_endpoint_asks_no_rest_of_the_newer() -> None:
    changed = asyncio.Event()

    async def slow(receiver: Receiver, _delivery: Delivery) -> Answer:
        await changed.wait()
        return Answer(429, retry_after="86400") if receiver.version == 1 else Answer(204)

    async with world(slow) as made:
        await made.come(delivery(number=1))
        await asyncio.sleep(0)
        made.receivers.put("e-1", receiver("e-1", version=2, url="https://elsewhere.example/"))
        changed.set()
        await made.until(1)
        await made.come(delivery(number=2))
        *_, outcome = await made.until(2)
    assert outcome.settled.state == "delivered"


async def test_a_pause_begins_the_five_days_anew() -> None:
    async with world(broken) as made:
        made.health.load([Health("e-1", datetime.now(UTC) - timedelta(days=6))])
        made.receivers.put("e-1", receiver("e-1", version=2, enabled=False))
        assert made.store.healths == {"e-1": Health("e-1", None)}, "at once: a restart must not bring it back"
        made.receivers.put("e-1", receiver("e-1", version=3))
        await made.come(delivery())
        await made.until(1)
    assert (made.disabled, made.receivers.state("e-1")) == ([], "active")


async def test_so_does_enabling_one_that_was_never_paused_and_nothing_else_that_changes() -> None:
    since = datetime.now(UTC) - timedelta(days=4)
    async with world(broken) as made:
        made.health.load([Health("e-1", since)])
        made.receivers.put("e-1", replace(receiver("e-1", version=2), enabled_at=since - timedelta(hours=1)))
        assert made.health.failing_since("e-1") == since
        made.receivers.put("e-1", replace(receiver("e-1", version=3), enabled_at=since + timedelta(hours=1)))
        assert made.health.failing_since("e-1") is None
        assert made.store.healths == {"e-1": Health("e-1", None)}


async def test_an_attempt_that_fails_during_a_pause_is_counted_for_nothing() -> None:
    paused = asyncio.Event()

    async def slow(_receiver: Receiver, _delivery: Delivery) -> Answer:
        await paused.wait()
        return Answer(503)

    async with world(slow) as made:
        await made.come(delivery())
        await asyncio.sleep(0)
        made.receivers.put("e-1", receiver("e-1", version=2, enabled=False))
        paused.set()
        await made.until(1)
        assert made.health.failing_since("e-1") is None


async def test_a_circuit_that_was_open_before_a_pause_is_told_anew_when_it_opens_after_it() -> None:
    async with world(broken) as made:
        await made.come(*(delivery(number=number) for number in range(1, 41)))
        await made.until(16)
        made.receivers.put("e-1", receiver("e-1", version=2, enabled=False))
        assert open_circuits() == 0
        await asyncio.sleep(0.01)
        made.receivers.put("e-1", receiver("e-1", version=3))
        await made.until(21)
        assert open_circuits() == 1
    assert [circuit.state for circuit in made.circuits] == ["open", "open"]


async def test_one_that_is_enabled_is_found_away_anew_even_if_it_was_never_paused() -> None:
    async with world(broken) as made:
        await made.come(*(delivery(number=number) for number in range(1, 41)))
        await made.until(16)
        made.receivers.put("e-1", replace(receiver("e-1", version=2), enabled_at=datetime.now(UTC)))
        assert open_circuits() == 0
        await made.until(21)
    assert [circuit.state for circuit in made.circuits] == ["open", "open"]


async def test_what_waited_for_longer_than_messages_are_kept_is_cancelled() -> None:
    async with world() as made:
        late = delivery()
        object.__setattr__(late.letter, "body", b"")
        await made.come(late)
        (outcome,) = await made.until(1)
    assert (outcome.settled.state, outcome.settled.error) == ("cancelled", "its message is no longer kept")
