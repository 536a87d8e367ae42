"""Whom Alertmanager tells of what, and when: we are all of its receivers."""

import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from tests.chaos.watch import names_in


@dataclass
class Pager:
    url: str = ""
    _told: list[tuple[float, str, str]] = field(default_factory=list)
    """When, who, of which alert."""

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator["Pager"]:
        pager = cls()
        app = web.Application()
        app.router.add_post("/{receiver}", pager._take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        pager.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        try:
            yield pager
        finally:
            await runner.cleanup()

    def hears(self, at: float, receiver: str, alerts: Iterable[Mapping[str, object]]) -> None:
        """`alerts` of a webhook of Alertmanager."""
        self._told += [(at, receiver, name) for name in names_in(alerts)]

    def first(self, name: str, since: float) -> tuple[str, float] | None:
        """Who heard of it first, and when."""
        heard = ((receiver, at) for at, receiver, told in self._told if at >= since and told == name)
        return next(heard, None)

    async def _take(self, request: web.Request) -> web.Response:
        self.hears(time.monotonic(), request.match_info["receiver"], (await request.json())["alerts"])
        return web.Response()
