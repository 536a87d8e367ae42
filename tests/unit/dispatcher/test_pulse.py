"""A dispatcher that stood still for longer than its session sends nothing of what it still holds, and ends."""

import asyncio

import pytest

from services.dispatcher.pulse import BEAT_S, SESSION_S, Pulse, StoodStill


class Time:
    """`stops`: of each sleep, how long it takes in truth."""

    def __init__(self, *stops: float) -> None:
        self.now = 0.0
        self._stops = list(stops)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, _: float) -> None:
        if not self._stops:
            raise asyncio.CancelledError
        self.now += self._stops.pop(0)


async def test_it_beats_on_for_as_long_as_it_is_let() -> None:
    time = Time(BEAT_S, BEAT_S, SESSION_S, BEAT_S)
    with pytest.raises(asyncio.CancelledError):
        await Pulse(time).run(time.sleep)


async def test_beyond_its_session_it_ends() -> None:
    time = Time(BEAT_S, SESSION_S + 1)
    with pytest.raises(StoodStill, match="stood still for 7 s"):
        await Pulse(time).run(time.sleep)


def test_that_it_stood_still_is_known_before_the_beat_that_says_so() -> None:
    time = Time()
    pulse = Pulse(time)
    time.now = SESSION_S + 1
    assert pulse.missed()
