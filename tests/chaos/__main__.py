"""`make chaos`, or `make chaos ONLY=broker`: fire drills on a system of their own, with a real Prometheus."""

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.chaos.drill import Drill, Means, run
from tests.chaos.drills import DRILLS
from tests.chaos.outcome import Outcome
from tests.chaos.report import PAGE, ROOT, page_of, table_of
from tests.chaos.screen import Screen
from tests.chaos.site import Site
from tests.fixtures.ports import free_offset
from tests.fixtures.promtool import found


async def _run(drills: list[Drill], seed: int, folder: Path, screen: Screen) -> list[Outcome]:
    if task := asyncio.current_task():
        for sign in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(sign, task.cancel)
    async with Site.open(folder, free_offset(), f"CHAOS-{seed}") as site:
        means = Means(site, seed, screen)
        resolving = [await run(drill, means) for drill in drills]
        return await asyncio.gather(*resolving)


def _they_are_there() -> bool:
    """Prometheus and Alertmanager, by whichever name."""
    if not _found():
        subprocess.run(["sh", "deploy/prometheus/fetch.sh"], cwd=ROOT, check=False)  # noqa: S607
    return _found()


def _found() -> bool:
    return bool(found("prometheus") and (found("alertmanager") or found("prometheus-alertmanager")))


def main() -> int:
    screen = Screen(Console() if sys.stdout.isatty() else Console(width=160))
    only, seed = os.environ.get("ONLY"), os.environ.get("SEED") or str(random.randrange(10_000))  # noqa: S311
    if (only and only not in DRILLS) or not seed.isdecimal():
        screen.console.print(f"ONLY is one of {', '.join(DRILLS)}; SEED is a whole number")
        return 2
    if not _they_are_there():
        screen.console.print(
            "no Prometheus, or no Alertmanager: without them no drill can show what alerts; "
            "deploy/prometheus/fetch.sh fetches them where there is apt"
        )
        return 2
    folder = Path(tempfile.mkdtemp(prefix="chokepoint-chaos-"))
    screen.console.print(f"SEED={seed}, state and logs in {folder}")
    try:
        outcomes = asyncio.run(_run([DRILLS[only]] if only else list(DRILLS.values()), int(seed), folder, screen))
    except asyncio.CancelledError:
        return 1
    screen.console.print(table_of(outcomes))
    if not only:
        PAGE.write_text(page_of(outcomes, int(seed)))
    if not all(outcome.held for outcome in outcomes):
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
