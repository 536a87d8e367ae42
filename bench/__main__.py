"""`make bench`, or `make bench ONLY=latency`: measures, prints a table, keeps the figures in `bench/results.json`."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path

from rich.console import Console

from bench.classify import measure_classify
from bench.dead_endpoint import measure_dead_endpoint
from bench.deliver import measure_deliver
from bench.fanout import measure_fanout
from bench.idle import measure_idle
from bench.latency import measure_latency
from bench.many_endpoints import measure_many_endpoints
from bench.memory_customer import measure_memory_customer
from bench.memory_pending import measure_memory_pending
from bench.metrics_cost import measure_metrics_cost
from bench.page import refresh
from bench.recover_fold import measure_recover_fold
from bench.restart import measure_restart
from bench.results import Result, keep, show
from bench.score import measure_score
from bench.sizing import measure_sizing
from bench.throttled import measure_throttled
from services.cli.testing import RunningSystem, running_system

BENCHMARKS: dict[str, Callable[[RunningSystem], Coroutine[None, None, list[Result]]]] = {
    "dead_endpoint": measure_dead_endpoint,
    "deliver": measure_deliver,
    "idle": measure_idle,
    "latency": measure_latency,
    "many_endpoints": measure_many_endpoints,
    "memory_pending": measure_memory_pending,
    "metrics_cost": measure_metrics_cost,
    "recover_fold": measure_recover_fold,
    "sizing": measure_sizing,
    "throttled": measure_throttled,
}
IN_PROCESS: dict[str, Callable[[], list[Result]]] = {
    "classify": measure_classify,
    "memory_customer": measure_memory_customer,
    "fanout": measure_fanout,
    "restart": measure_restart,
    "score": measure_score,
}
"""These start for themselves what they need."""
PORT_OFFSET = 21_000


def _measured(name: str) -> list[Result]:
    return IN_PROCESS[name]() if name in IN_PROCESS else _measured_running(BENCHMARKS[name])


def _measured_running(measure: Callable[[RunningSystem], Coroutine[None, None, list[Result]]]) -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        with running_system(data_dir, PORT_OFFSET, CHOKEPOINT_SEED="none") as system:
            return asyncio.run(measure(system))


def main() -> int:
    console = Console()
    only = os.environ.get("ONLY")
    names = [*BENCHMARKS, *IN_PROCESS]
    if only and only not in names:
        console.print(f"no benchmark is called {only!r}; there are: {', '.join(names)}")
        return 2
    results: list[Result] = []
    for name in [only] if only else names:
        with console.status(f"measuring {name} …"):
            results.extend(_measured(name))
    show(results, console)
    keep(results)
    refresh()
    return 0 if all(result.met for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
