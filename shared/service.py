"""How every service process starts and ends: logs, event loop, signals, exit code."""

import asyncio
import gc
import signal
import sys
from collections.abc import Awaitable, Callable

import structlog
import uvloop
from pydantic import ValidationError

from shared.errors import ChokepointError
from shared.logs import configure_logs
from shared.metrics import BUILD_INFO
from shared.tracing.start import traced
from shared.version import VERSION
from shared.watchdog import watched

log = structlog.get_logger(__name__)

COLLECT_AFTER = (20_000, 10, 2)
"""New objects before the young are looked at, and how often before the older ones are. With 20 for the last one a
dispatcher kept what it had held for a while and has delivered since: 520 MB after fifty thousand messages to a thousand
endpoints, 260 now."""


def run_service(name: str, main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Runs `main(stopping)` until it returns. SIGTERM and SIGINT set `stopping`: finish what was begun, lose nothing.
    Anything else that ends it ends the process with code 1, and whoever supervises it starts it again."""
    configure_logs(name)
    _spare_the_collector()
    BUILD_INFO.labels(service=name, version=VERSION).set(1)
    try:
        with traced(name):
            uvloop.run(_until_stopped(main))
    except* (ChokepointError, ValidationError) as known:
        for reason in _leaves(known):
            log.error("ended", reason=reason)  # noqa: TRY400  # the reason says what to do; a traceback would hide it
        sys.exit(1)
    except* Exception:
        log.exception("ended by an unexpected error")
        sys.exit(1)


def _spare_the_collector() -> None:
    """What was loaded by now stays for good, and what a service holds by design (records, states) makes no cycles: to
    go through all of it every 700 objects is a quarter of the time of a busy dispatcher."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[str]:
    nested = [_leaves(error) if isinstance(error, BaseExceptionGroup) else [str(error)] for error in group.exceptions]
    return [reason for reasons in nested for reason in reasons]


async def _until_stopped(main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stopping.set)
    with watched(loop):
        await main(stopping)
