import asyncio
import signal
from collections.abc import Callable

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class AskedToStop:
    """Ctrl-C, SIGTERM or the end of the terminal. Asked a second time, `on_second` is called."""

    def __init__(self, on_second: Callable[[], None]) -> None:
        self._on_second = on_second
        self._asked = asyncio.Event()
        for sign in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(sign, self._ask)

    async def wait(self) -> None:
        await self._asked.wait()

    async def before(self, task: "asyncio.Task[object]") -> bool:
        """True: the task ended and nobody had asked."""
        waiting = asyncio.create_task(self._asked.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        return not self._asked.is_set()

    def _ask(self) -> None:
        if self._asked.is_set():
            self._on_second()
        self._asked.set()
