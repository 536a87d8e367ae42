"""One drill: a cause is brought about, its alert must fire, the cause is taken away, everything must come right."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TypeVar

from tests.chaos.account import Account
from tests.chaos.screen import Screen
from tests.chaos.site import Site

FIRES_WITHIN_S = 120.0
FIRES_LATE_S = 180.0
"""So long it is waited for, to say how late it was."""
RECOVERS_WITHIN_S = 400.0
"""A webhook that failed twice waits five minutes for its third attempt."""
RESOLVES_WITHIN_S = 420.0
LOOK_EVERY_S = 0.5
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Means:
    """What a cause may use."""

    site: Site
    random: random.Random
    screen: Screen


@dataclass(frozen=True, slots=True)
class Drill:
    name: str
    cause: str
    alerts: tuple[str, ...]
    """That must fire: names as in `Alerts`."""
    strike: Callable[[Means], AbstractAsyncContextManager[None]]
    """Entered, the cause is there; left, it is gone."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Seconds: of `fired` and `also` since the cause began, of `recovered_s` and `resolved` since it was taken away."""

    name: str
    cause: str
    lasted_s: float
    fired: dict[str, float | None]
    also: dict[str, float]
    """Other alerts that fired meanwhile."""
    recovered_s: float | None
    """Everything ready, everything accepted come out."""
    resolved: dict[str, float | None]
    account: Account
    complaints: tuple[str, ...] = ()
    """What sender and receiver met that must not be."""

    @property
    def held(self) -> bool:
        return not self.faults

    @property
    def faults(self) -> list[str]:
        found = [f"{name} did not fire" for name, at in self.fired.items() if at is None]
        found += [f"{name} fired late" for name, at in self.fired.items() if at is not None and at > FIRES_WITHIN_S]
        found += [f"{name} did not resolve" for name, at in self.resolved.items() if at is None]
        found += [] if self.recovered_s is not None else ["did not recover"]
        found += [] if self.account.balanced else ["accepted events and outcomes differ"]
        return [*found, *self.complaints]


async def run(drill: Drill, means: Means) -> Outcome:
    site, alerts, say = means.site, means.site.alerts, means.screen.say
    with means.screen.doing(f"{drill.name}: until all is quiet"):
        await _until(lambda: _quiet(site, drill.alerts), RESOLVES_WITHIN_S)
    began = time.monotonic()
    say(drill.name, drill.cause)
    async with drill.strike(means):
        with means.screen.doing(f"{drill.name}: until {', '.join(drill.alerts)} fires"):
            await _until(lambda: _all(alerts.fired(name, began) for name in drill.alerts), FIRES_LATE_S)
        for name in drill.alerts:
            say(drill.name, f"{name} {_after(alerts.fired(name, began), began, 'fires')}")
    ended = time.monotonic()
    say(drill.name, f"the cause is gone, after {ended - began:.0f} s")
    with means.screen.doing(f"{drill.name}: until all has come out"):
        recovered = await _until(lambda: site.balanced(began), RECOVERS_WITHIN_S)
    recovered_at = time.monotonic() if recovered else None
    say(drill.name, _after(recovered_at, ended, "recovered"))
    with means.screen.doing(f"{drill.name}: until {', '.join(drill.alerts)} resolves"):
        await _until(lambda: _all(alerts.resolved(name, ended) for name in drill.alerts), RESOLVES_WITHIN_S)
    resolved = {name: _since(alerts.resolved(name, ended), ended) for name in drill.alerts}
    for name, after in resolved.items():
        say(drill.name, f"{name} {'does not resolve' if after is None else f'resolved after {after:.0f} s'}")
    others = alerts.fired_between(began, time.monotonic())
    return Outcome(
        name=drill.name,
        cause=drill.cause,
        lasted_s=ended - began,
        fired={name: _since(alerts.fired(name, began), began) for name in drill.alerts},
        also={name: at - began for name, at in others.items() if name not in drill.alerts},
        recovered_s=_since(recovered_at, ended),
        resolved=resolved,
        account=recovered or await site.account(began, time.monotonic()),
        complaints=site.complaints,
    )


async def _quiet(site: Site, names: tuple[str, ...]) -> bool | None:
    return True if not set(names) & set(site.alerts.firing()) and await site.balanced(0.0) else None


async def _all(moments: object) -> bool | None:
    return True if None not in list(moments) else None  # type: ignore[call-overload]


async def _until(look: Callable[[], Awaitable[Found | None]], within_s: float) -> Found | None:
    """What it finds; none where it finds nothing in time."""
    deadline = time.monotonic() + within_s
    while (found := await look()) is None and time.monotonic() < deadline:  # noqa: ASYNC110  # others move what it sees
        await asyncio.sleep(LOOK_EVERY_S)
    return found


def _since(moment: float | None, began: float) -> float | None:
    return None if moment is None else moment - began


def _after(moment: float | None, began: float, what: str) -> str:
    return f"{what}: never" if moment is None else f"{what} after {moment - began:.0f} s"
