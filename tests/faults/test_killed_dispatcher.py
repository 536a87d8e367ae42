"""The dispatcher ends in the middle of its work: nothing is lost, nothing comes under a second id."""

import asyncio
import random
import re
import signal

import pytest
from standardwebhooks import Webhook

from services.cli.testing import Sink
from tests.faults.in_flight import InFlight
from tests.fixtures.dispatcher import SECRET, Dispatching, until

pytestmark = pytest.mark.integration

GOES_ON_WITHIN_S = 3
"""A process that was stopped: it notices what it has missed."""


def sequences(sink: Sink) -> list[int]:
    return [Webhook(SECRET).verify(hook.body, hook.headers)["data"]["sequence"] for hook in sink.hooks]


async def _nothing_is_due(dispatcher: Dispatching) -> bool:
    return not await dispatcher.sql("SELECT FROM deliveries WHERE state = 'due' LIMIT 1")


async def test_asked_to_end_it_ends_well_and_goes_on_where_it_was(dispatcher: Dispatching) -> None:
    async with Sink.open() as sink:
        await dispatcher.endpoint("ended", sink.url)
        await dispatcher.start()
        await dispatcher.send("ended", 300)
        await sink.expect(20, within_s=10)
        assert await asyncio.to_thread(dispatcher.end) == 0
        await dispatcher.start()
        await sink.expect(300, within_s=10)
        await asyncio.sleep(0.3)
    assert sorted(sequences(sink)) == list(range(1, 301)), "an attempt that came through was forgotten"


async def test_a_gap_waits_and_what_follows_is_not_skipped_even_through_a_kill(dispatcher: Dispatching) -> None:
    async with Sink.open() as sink:
        await dispatcher.endpoint("gap", sink.url, ordering="customer")
        await dispatcher.start()
        first, missing, third = (dispatcher.message("gap") for _ in range(3))
        await dispatcher.write(first, third)
        await sink.expect(1, within_s=10)
        await until(lambda: dispatcher.says("waits for message number"))
        dispatcher.end(signal.SIGKILL)
        dispatcher.launch()
        await dispatcher.write(missing)
        await sink.expect(3, within_s=20)
    assert sequences(sink) == [1, 2, 3]


async def test_a_new_owner_waits_out_the_attempts_of_the_last_one(dispatcher: Dispatching) -> None:
    async with Sink.open() as sink:
        await dispatcher.endpoint("handed", sink.url)
        await dispatcher.start()
        await dispatcher.send("handed")
        await sink.expect(1, within_s=10)
        await until(lambda: _nothing_is_due(dispatcher))
        dispatcher.end(signal.SIGKILL)
        await dispatcher.sql("UPDATE deliveries SET state = 'due', next_at = NULL, ended_at = NULL")
        await dispatcher.sql("UPDATE positions SET owner = 'another'")
        await dispatcher.start()
        (row,) = await dispatcher.sql("SELECT extract(epoch FROM next_at - now())::float8 AS wait FROM deliveries")
    assert 10 < row["wait"] <= 16
    assert len(sink.hooks) == 1


async def test_two_copies_share_the_work_and_one_takes_over_from_the_other(dispatcher: Dispatching) -> None:
    """A message comes twice only where the copy that was killed had sent it and not yet written so."""
    chance = random.Random(0)  # noqa: S311
    async with InFlight.through(dispatcher) as flight, dispatcher.second_copy() as other:
        await other.start(CHOKEPOINT_INSTANCE="1")
        await dispatcher.start()
        await until(lambda: _owners(dispatcher, 2), within_s=15)
        await flight.write(100, chance)
        await flight.arrive()
        assert flight.repeats() == 0
        written = await flight.write(150, chance)
        await flight.expect_of(written, 10)
        other.end(signal.SIGKILL)
        assert await flight.look() >= 100
        await flight.write(50, chance)
        await flight.arrive()
        assert await _owners(dispatcher, 1)
    flight.expect_all_in_order()


@pytest.mark.long
async def test_a_copy_that_stood_still_while_another_took_over_does_no_harm_when_it_goes_on(
    dispatcher: Dispatching,
) -> None:
    chance = random.Random(0)  # noqa: S311
    async with InFlight.through(dispatcher) as flight, dispatcher.second_copy() as other:
        await other.start(CHOKEPOINT_INSTANCE="1")
        await dispatcher.start()
        await until(lambda: _owners(dispatcher, 2), within_s=15)
        written = await flight.write(150, chance)
        await flight.expect_of(written, 10)
        assert other.process is not None
        other.process.send_signal(signal.SIGSTOP)
        await flight.look()
        await until(lambda: _owners(dispatcher, 1), within_s=15)
        await flight.arrive()
        await flight.look()
        other.process.send_signal(signal.SIGCONT)
        await asyncio.sleep(GOES_ON_WITHIN_S)
        await flight.write(50, chance)
        await flight.arrive()
    flight.expect_all_in_order()


async def test_a_receiver_that_fails_is_shown_once_and_after_it_healed_by_nobody(dispatcher: Dispatching) -> None:
    well = False
    async with Sink.open(lambda _: well) as sink, dispatcher.second_copy() as other:
        await dispatcher.endpoint("healing", sink.url)
        await dispatcher.start()
        await dispatcher.send("healing")
        await until(lambda: _shown_failing(1, dispatcher))
        await other.start(CHOKEPOINT_INSTANCE="1")
        await until(lambda: _owners(dispatcher, 2), within_s=15)
        await until(lambda: _shown_failing(1, dispatcher, other))
        well = True
        await dispatcher.send("healing")
        await sink.expect(1, within_s=10)
        await until(lambda: _shown_failing(0, dispatcher, other))


async def _shown_failing(count: int, *copies: Dispatching) -> bool:
    shown = [re.findall("^chokepoint_endpoints_failing (.+)$", await copy.metrics(), re.MULTILINE) for copy in copies]
    return sum(float(value) for values in shown for value in values) == count


async def _owners(dispatcher: Dispatching, count: int) -> bool:
    return (
        len({row["owner"] for row in await dispatcher.sql("SELECT owner FROM positions WHERE topic = 'alerts'")})
        == count
    )
