"""An endpoint that takes 10 a second and has 10,000 waiting, beside 99 quick ones: what those notice of it, and whether
it is kept to its pace."""

import asyncio
import statistics

import aiohttp

from bench.alerts import Alerts, make_customers, p95_ms
from bench.dead_endpoint import WITHIN_MS, WITHIN_RATIO
from bench.memory import Peak
from bench.results import Result
from services.cli.testing import Hook, RunningSystem, Sink

ENDPOINTS = 100
WAITING = 10_000
PACE_PER_S = 10.0
OFF_BY = 0.05
PAIRS = 7
GROWTH_MB = 100.0


async def measure_throttled(system: RunningSystem) -> list[Result]:
    async with Sink.open() as slow, Sink.open() as quick, Alerts.open(system) as alerts:
        urls = [slow.url] + [quick.url] * (ENDPOINTS - 1)
        throttled, *others = await asyncio.to_thread(make_customers, system, urls, {0: PACE_PER_S})
        await asyncio.sleep(1)
        await p95_ms(alerts, quick, others)  # warm
        without, beside, paces = [], [], []
        async with Peak.of(system.process("dispatcher")) as peak:
            await alerts.write([throttled] * WAITING)
            for _ in range(PAIRS):
                await _enable(system, enabled=False)
                without.append(await p95_ms(alerts, quick, others))
                await _enable(system, enabled=True)
                first = len(slow.hooks)
                beside.append(await p95_ms(alerts, quick, others))
                paces.append(_pace(slow.hooks[first:]))
    changes = [after - before for before, after in zip(without, beside, strict=True)]
    change, reference, pace = statistics.median(changes), statistics.median(without), statistics.median(paces)
    met = change < max(WITHIN_MS, WITHIN_RATIO * reference)
    budget = f"< {WITHIN_RATIO:.0%} or {WITHIN_MS:g} ms"
    ratio, kept = (reference + change) / reference, abs(pace / PACE_PER_S - 1) < OFF_BY
    return [
        Result("throttled", change, "ms of p95", budget, met, "while it is disabled: p95", reference, ratio, changes),
        Result("throttled_pace", pace, "a second", f"within {OFF_BY:.0%}", kept, "asked for", PACE_PER_S, runs=paces),
        Result("throttled_memory", peak.growth_mb, "MB", f"< {GROWTH_MB:g} MB", peak.growth_mb < GROWTH_MB),
    ]


def _pace(hooks: list[Hook]) -> float:
    return (len(hooks) - 1) / (hooks[-1].at - hooks[0].at)


async def _enable(system: RunningSystem, *, enabled: bool) -> None:
    with system.client() as client:
        (endpoint,) = [one for one in client.endpoints() if one.get("rate_limit_per_s")]
    url = f"{system.connection.control_url}/v1/endpoints/{endpoint['id']}"
    headers = {"authorization": f"Bearer {system.connection.key}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.patch(url, json={"enabled": enabled}) as answer,
    ):
        answer.raise_for_status()
