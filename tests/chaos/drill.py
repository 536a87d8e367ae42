"""One drill: a cause is brought about, its alert must fire, the cause is taken away, everything must come right."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import TypeVar

from tests.chaos.account import Account
from tests.chaos.outcome import Outcome, others
from tests.chaos.screen import Screen
from tests.chaos.site import Site

FIRES_LATE_S = 180.0
"""So long an alert is waited for, to say how late it was."""
TOLD_WITHIN_S = 30.0
"""A group that has told something already has its next turn within two minutes: that is not waited for."""
RECOVERS_WITHIN_S = 400.0
"""A webhook that failed twice waits five minutes for its third attempt."""
RESOLVES_WITHIN_S = 420.0
LOOK_EVERY_S = 0.5
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Means:
    """What a cause may use."""

    site: Site
    seed: int
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
class Struck:
    began: float
    ended: float
    fired: dict[str, float | None]


async def run(drill: Drill, means: Means) -> "asyncio.Task[Outcome]":
    """Done once its alerts have resolved, which may take minutes: the next drill need not wait for it."""
    site = means.site
    with means.screen.doing(f"{drill.name}: until all is quiet"):
        await _until(lambda: _quiet(site, drill.alerts), RESOLVES_WITHIN_S)
    struck = await _struck(drill, means)
    with means.screen.doing(f"{drill.name}: until all has come out"):
        account = await _recovered(site, struck.began)
    recovered_s = time.monotonic() - struck.ended if account else None
    _tell(drill, means, "recovered", {"": recovered_s})
    partly = Outcome(
        name=drill.name,
        cause=drill.cause,
        lasted_s=struck.ended - struck.began,
        fired=struck.fired,
        also=others(site.alerts.fired_between(struck.began, time.monotonic()), drill.alerts),
        recovered_s=recovered_s,
        resolved={},
        account=account or await site.account(struck.began, time.monotonic()),
        complaints=site.complaints,
    )
    return asyncio.create_task(_resolved(drill, means, struck, partly))


async def _struck(drill: Drill, means: Means) -> Struck:
    alerts, pager, screen = means.site.alerts, means.site.pager, means.screen
    began = time.monotonic()
    screen.say(drill.name, drill.cause)
    async with drill.strike(means):
        with screen.doing(f"{drill.name}: until {', '.join(drill.alerts)} fires"):
            await _until(lambda: _all(alerts.fired(name, began) for name in drill.alerts), FIRES_LATE_S)
        fired = {name: _since(alerts.fired(name, began), began) for name in drill.alerts}
        _tell(drill, means, "fires", fired)
        with screen.doing(f"{drill.name}: until somebody is told"):
            await _until(lambda: _all(pager.first(name, began) for name in drill.alerts), TOLD_WITHIN_S)
    ended = time.monotonic()
    screen.say(drill.name, f"the cause is gone, after {ended - began:.0f} s")
    return Struck(began, ended, fired)


async def _recovered(site: Site, began: float) -> Account | None:
    """Once everything is ready and nothing waits to be taken, and all that was taken by then has come out."""
    if await _until(site.works, RECOVERS_WITHIN_S) is None:
        return None
    taken = time.monotonic()
    return await _until(lambda: site.balanced(began, taken), RECOVERS_WITHIN_S)


async def _resolved(drill: Drill, means: Means, struck: Struck, partly: Outcome) -> Outcome:
    alerts, pager = means.site.alerts, means.site.pager
    await _until(lambda: _all(alerts.resolved(name, struck.ended) for name in drill.alerts), RESOLVES_WITHIN_S)
    resolved = {name: _since(alerts.resolved(name, struck.ended), struck.ended) for name in drill.alerts}
    _tell(drill, means, "resolved", resolved)
    heard = {name: pager.first(name, struck.began) for name in drill.alerts}
    told = {name: (who[0], who[1] - struck.began) if who else None for name, who in heard.items()}
    return replace(partly, resolved=resolved, told=told)


def _tell(drill: Drill, means: Means, what: str, moments: dict[str, float | None]) -> None:
    for name, after_s in moments.items():
        told = "never" if after_s is None else f"after {after_s:.0f} s"
        means.screen.say(drill.name, f"{name} {what}: {told}".strip())


async def _quiet(site: Site, names: tuple[str, ...]) -> bool | None:
    return await site.works() if site.load.accepted and site.alerts.quiet(names) else None


async def _all(found: Iterable[object]) -> bool | None:
    return True if all(one is not None for one in found) else None


async def _until(look: Callable[[], Awaitable[Found | None]], within_s: float) -> Found | None:
    """What it finds; none where it finds nothing in time."""
    deadline = time.monotonic() + within_s
    while (found := await look()) is None and time.monotonic() < deadline:  # noqa: ASYNC110  # others move what it sees
        await asyncio.sleep(LOOK_EVERY_S)
    return found


def _since(moment: float | None, began: float) -> float | None:
    return None if moment is None else moment - began
