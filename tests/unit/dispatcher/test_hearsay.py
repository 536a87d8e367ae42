"""Several copies, one database: how endpoints are comes with their partitions, and goes with them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from services.dispatcher import hearsay
from services.dispatcher.batches import Health
from services.dispatcher.testing import MemoryStore
from shared.kafka.topics import partition_of
from tests.unit.dispatcher.making import delivery, receiver
from tests.unit.dispatcher.test_courier import Behaves, World, asks_for_a_day, broken, fine

HOME = partition_of("acme", 8)
LONG_AGO = datetime.now(UTC) - timedelta(days=6)


class Copy(World):
    """One that runs beside others; outcomes are written at once."""

    async def heard(self) -> None:
        await hearsay.hear(self.store, self.health, self.receivers)

    def shown(self) -> list[str]:
        return [endpoint_id for endpoint_id in self.health.failing() if self.courier.speaks_for(endpoint_id)]

    async def attempt(self, endpoint_id: str, number: int) -> None:
        await self.come(delivery(endpoint_id, number, HOME))
        await self.until(len(self.outcomes) + 1)
        await self.store.settle([], self.health.changes(), None, 0.0)


@asynccontextmanager
async def copies(*behaviours: Behaves) -> AsyncIterator[list[Copy]]:
    made = [Copy(behaviour) for behaviour in behaviours]
    async with asyncio.TaskGroup() as tasks:
        for copy in made:
            copy.store.healths = made[0].store.healths
            copy.courier.begin(tasks, copy)
            copy.receivers.put("e-1", receiver("e-1"))
            copy.receivers.put("everybody's", receiver("everybody's", customer_id=None))
        yield made
        for copy in made:
            await copy.courier.stop(within_s=0)


async def test_an_endpoint_is_shown_by_the_copy_that_has_its_partition_and_by_no_other() -> None:
    async with copies(broken, fine) as (first, second):
        await first.courier.own(HOME, 0.0)
        await first.attempt("e-1", 1)
        await second.courier.own((HOME + 1) % 8, 0.0)
        assert (first.shown(), second.shown()) == (["e-1"], [])
        await first.courier.disown([HOME])
        await second.courier.disown([])
        await second.courier.own(HOME, 0.0)
        assert (first.shown(), second.shown()) == ([], ["e-1"])
        await second.attempt("e-1", 2)
        assert (first.shown(), second.shown()) == ([], [])


async def test_a_copy_that_runs_already_goes_on_counting_from_the_first_failure() -> None:
    async with copies(broken) as (copy,):
        await copy.courier.own((HOME + 1) % 8, 0.0)
        copy.store.healths["e-1"] = Health("e-1", LONG_AGO)
        await copy.courier.disown([(HOME + 1) % 8])
        await copy.courier.own(HOME, 0.0)
        assert copy.health.failing_since("e-1") == LONG_AGO
        await copy.attempt("e-1", 1)
    assert [one.endpoint_id for one in copy.disabled] == ["e-1"], "after five days without a success"


async def test_what_another_copy_healed_does_not_count_against_it_here() -> None:
    async with copies(fine, broken) as (first, second):
        first.store.healths["everybody's"] = Health("everybody's", LONG_AGO)
        await first.courier.own(HOME, 0.0)
        await second.courier.own(HOME, 0.0)
        await first.attempt("everybody's", 1)
        await second.heard()
        await second.attempt("everybody's", 2)
    assert second.disabled == []


async def test_it_hears_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearsay, "HEAR_AGAIN_S", 0.001)
    async with copies(fine) as (copy,):
        await copy.courier.own(HOME, 0.0)
        hearing = asyncio.create_task(hearsay.keep_hearing(copy.store, copy.health, copy.receivers))
        for failing in (["e-1"], []):
            copy.store.healths["e-1"] = Health("e-1", LONG_AGO if failing else None)
            await asyncio.sleep(0.02)
            assert copy.shown() == failing
        hearing.cancel()


async def test_everybody_s_endpoint_is_shown_once_however_many_copies_attempt_it() -> None:
    async with copies(fine, fine) as (first, second):
        first.store.healths["everybody's"] = Health("everybody's", LONG_AGO)
        await first.courier.own(0, 0.0)
        await second.courier.own(1, 0.0)
        assert (first.shown(), second.shown()) == (["everybody's"], [])
        first.store.healths["everybody's"] = Health("everybody's", None)
        await first.heard()
        assert first.shown() == []


async def test_one_that_another_copy_disabled_is_held_here_too() -> None:
    async with copies(fine) as (copy,):
        await copy.courier.own(HOME, 0.0)
        copy.store.healths["e-1"] = Health("e-1", None, 1, "410 Gone")
        await copy.heard()
        assert copy.receivers.state("e-1") == "held"


async def test_one_that_its_owner_has_disabled_fails_no_more() -> None:
    async with copies(broken) as (copy,):
        await copy.courier.own(HOME, 0.0)
        await copy.attempt("e-1", 1)
        copy.receivers.put("e-1", receiver("e-1", version=2, enabled=False))
        assert copy.shown() == []


async def test_what_is_seen_while_sql_is_asked_is_newer_than_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    async with copies(broken) as (copy,):
        await copy.courier.own(HOME, 0.0)

        async def answers_late(_: MemoryStore) -> list[Health]:
            answer = list(copy.store.healths.values())
            await copy.attempt("e-1", 1)
            return answer

        monkeypatch.setattr(MemoryStore, "health", answers_late)
        await copy.heard()
        assert copy.shown() == ["e-1"]


async def test_a_rest_that_a_receiver_asked_for_is_kept_to_by_the_next_owner_of_its_partition() -> None:
    async with copies(asks_for_a_day, fine) as (first, second):
        await first.courier.own(HOME, 0.0)
        await first.attempt("e-1", 1)
        await first.courier.disown([HOME])
        await second.courier.own(HOME, 0.0)
        await second.come(delivery("e-1", 2, HOME))
        await asyncio.sleep(0.01)
        assert second.outcomes == []


async def test_a_rest_ends_for_every_copy() -> None:
    async with copies(asks_for_a_day, fine) as (first, second):
        await first.courier.own(HOME, 0.0)
        await first.attempt("everybody's", 1)
        await second.courier.own(0, 0.0)
        await second.come(delivery("everybody's", 2))
        await asyncio.sleep(0.01)
        assert second.outcomes == []
        first.courier.hurry(["everybody's"])
        await second.heard()
        await second.until(1)
