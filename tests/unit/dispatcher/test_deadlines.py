"""An attempt ends in time, whatever its receiver does; one timer sees to all of them."""

import asyncio

import pytest

from services.dispatcher.deadlines import Deadlines


async def test_what_ends_in_time_is_left_alone() -> None:
    deadlines = Deadlines(0.01)
    with deadlines.one():
        pass
    await asyncio.sleep(0.03)


async def test_what_does_not_end_is_cancelled_and_told_so() -> None:
    deadlines = Deadlines(0.01)
    with pytest.raises(TimeoutError), deadlines.one():
        await asyncio.sleep(10)
    assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]


async def test_each_has_its_own_time() -> None:
    """The timer that was set for the first serves the later ones, too, and the first may be gone by then."""
    deadlines = Deadlines(0.1)
    ended: list[float] = []
    begun = asyncio.get_running_loop().time()

    async def hang(after_s: float) -> None:
        await asyncio.sleep(after_s)
        with pytest.raises(TimeoutError), deadlines.one():
            await asyncio.sleep(10)
        ended.append(asyncio.get_running_loop().time() - begun - after_s)

    with deadlines.one():
        waiting = asyncio.gather(*(hang(after_s) for after_s in (0.0, 0.02, 0.08)))
        await asyncio.sleep(0.01)
    await waiting
    assert all(0.1 <= took < 0.3 for took in ended), ended


async def test_a_task_that_is_cancelled_from_outside_stays_cancelled() -> None:
    deadlines = Deadlines(10)

    async def hang() -> None:
        with deadlines.one():
            await asyncio.sleep(10)

    task = asyncio.create_task(hang())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
