"""The dispatcher, signed, logged and durable, beside a client that does nothing but post the same bodies."""

import asyncio
import sys
import time
from statistics import median

import aiohttp
import psutil

from bench.alerts import TEXT, Alerts, make_customers
from bench.results import Result
from services.cli.testing import RunningSystem, Sink

MESSAGES = 10_000
ENDPOINTS = 20
AT_A_TIME = 64
ROUNDS = 5
"""Ours and the other in turn: either's figure moves by a fifth from one minute to the next."""
RATIO = 0.5


async def measure_deliver(system: RunningSystem) -> list[Result]:
    async with Sink.open() as sink, Sink.open() as other:
        customers = await asyncio.to_thread(make_customers, system, [sink.url] * ENDPOINTS)
        await asyncio.sleep(1)
        dispatcher = system.process("dispatcher")
        async with Alerts.open(system) as alerts:
            expected = len(customers) * 50
            await alerts.write(customers * 50)  # warm
            await sink.expect(expected, within_s=60)
            runs, theirs = [], []
            for _ in range(ROUNDS):
                before = cpu_s(dispatcher)
                await alerts.write([customers[number % ENDPOINTS] for number in range(MESSAGES)])
                expected += MESSAGES
                await sink.expect(expected, within_s=300)
                await asyncio.sleep(2)  # what is told of them, too
                runs.append(MESSAGES / (cpu_s(dispatcher) - before))
                theirs.append(await _bare(other.url))
    ours, bare = median(runs), median(theirs)
    ratio = ours / bare
    budget = f"≥ {RATIO:g} of the reference"
    return [Result("deliver", ours, "a CPU-second", budget, ratio >= RATIO, "bare aiohttp client", bare, ratio, runs)]


def cpu_s(process: psutil.Process) -> float:
    return float(sum(process.cpu_times()[:2]))


async def _bare(url: str) -> float:
    """Bodies posted a CPU-second by a process of its own."""
    command = [sys.executable, "-m", "bench.deliver", url]
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output, _ = await child.communicate()
    return MESSAGES / float(output)


async def _post_all(url: str) -> float:
    body = b'{"data": "' + TEXT.encode() + b'"}'
    left = iter(range(MESSAGES))

    async def post(session: aiohttp.ClientSession) -> None:
        for number in left:
            headers = {"content-type": "application/json", "webhook-id": f"bare-{number}"}
            async with session.post(url, data=body, headers=headers) as answer:
                await answer.read()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_A_TIME)) as session:
        begun = time.process_time()
        await asyncio.gather(*(post(session) for _ in range(AT_A_TIME)))
        return time.process_time() - begun


if __name__ == "__main__":
    sys.stdout.write(str(asyncio.run(_post_all(sys.argv[1]))))
