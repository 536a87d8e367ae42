"""What a drill acts upon: the whole system, Prometheus and Alertmanager that watch it, a sender and a receiver."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import aiohttp
from standardwebhooks import Webhook, WebhookVerificationError

from services.cli.supervisor.services import SERVICES
from services.cli.testing import Hook, RunningSystem, Sink, running_system
from shared.contracts.endpoints import EndpointConfig
from tests.chaos.account import Account, Message, account, message_of
from tests.chaos.load import CUSTOMERS, RATE_PER_S, Load
from tests.chaos.pager import Pager
from tests.chaos.watch import Alerts, follow
from tests.chaos.wire import Wire
from tests.fixtures.customers import motor_maker
from tests.fixtures.prometheus import routing, watching

LIKE_PRODUCTION = "15s"
NEWEST_SIGNALS = 1_000


@dataclass
class Site:
    data_dir: Path
    port_offset: int
    system: RunningSystem
    load: Load
    alerts: Alerts = field(default_factory=Alerts)
    pager: Pager = field(default_factory=Pager)
    messages: list[Message] = field(default_factory=list)
    forged: int = 0
    """Webhooks that did not verify."""
    secrets: dict[str, str] = field(default_factory=dict)
    wire: Wire = field(default_factory=lambda: Wire(0))
    _running: ExitStack = field(default_factory=ExitStack)
    _read: set[str] = field(default_factory=set)
    """Ids of the news that were found read."""

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, port_offset: int, run: str) -> AsyncIterator["Site"]:
        async with AsyncExitStack() as stack:
            running = ExitStack()
            stack.push_async_callback(asyncio.to_thread, running.close)
            system = await asyncio.to_thread(_start, running, folder / "data", port_offset)
            site = cls(folder / "data", port_offset, system, Load(system.connection, run), _running=running)
            sink = await stack.enter_async_context(Sink.open(site.verified))
            site.wire = await stack.enter_async_context(Wire.to(int(sink.url.strip("/").rpartition(":")[2])))
            await asyncio.to_thread(site._subscribe)
            site.pager = await stack.enter_async_context(Pager.open())
            alertmanager = stack.enter_context(routing(folder / "alertmanager", site.pager.url))
            prometheus = stack.enter_context(
                watching(port_offset, folder / "prometheus", every=LIKE_PRODUCTION, alertmanager=alertmanager)
            )
            tasks = [asyncio.create_task(work) for work in (site.load.flow(), follow(prometheus, site.alerts))]
            stack.push_async_callback(_ended, tasks)
            yield site

    def verified(self, hook: Hook) -> bool:
        customer = json.loads(hook.body)["data"]["customer_id"]
        try:
            Webhook(self.secrets[customer]).verify(hook.body, hook.headers)
        except WebhookVerificationError:
            self.forged += 1
            return False
        self.messages.append(message_of(hook, re.compile(rf"{self.load.run}-\d+")))
        return True

    @property
    def complaints(self) -> tuple[str, ...]:
        forged = [f"{self.forged} webhooks did not verify"] if self.forged else []
        return (*forged, *(f"refused: {answer}" for answer in self.load.refused[:3]))

    async def restart(self, clock: str) -> None:
        """Stopped in order, and started with this `CLOCK`."""
        await asyncio.to_thread(self._running.close)
        self.system = await asyncio.to_thread(_start, self._running, self.data_dir, self.port_offset, clock)

    async def unready(self) -> list[str]:
        """What does not answer 200 to /readyz."""
        ports = {service.name: service.port + self.port_offset for service in SERVICES}
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=3)) as session:
            answers = await asyncio.gather(*(_is_ready(session, port) for port in ports.values()))
        return [name for name, ready in zip(ports, answers, strict=True) if not ready]

    async def works(self) -> bool | None:
        """Everything is ready, and nothing waits to be taken."""
        return True if len(self.load.waiting) <= RATE_PER_S and not await self.unready() else None

    async def account(self, since: float, by: float) -> Account:
        """Of what was accepted in this time, and of every message so far."""
        accepted = [posted for posted in self.load.accepted if since <= posted.at <= by]
        await self._look_what_was_read([posted.event_id for posted in accepted if not posted.told])
        return account(accepted, self.messages, self._read)

    async def balanced(self, since: float, by: float) -> Account | None:
        """Once everything that was accepted in this time has come out."""
        found = await self.account(since, by)
        return found if found.balanced else None

    async def _look_what_was_read(self, news: Collection[str]) -> None:
        """The newest signals that control has: more than come between two looks."""
        if not set(news) <= self._read:
            with self.system.client() as client:
                newest = islice(client.signals(), NEWEST_SIGNALS)
                self._read |= {str(signal["event_id"]) for signal in await asyncio.to_thread(list, newest)}

    def _subscribe(self) -> None:
        with self.system.client() as client:
            for customer in CUSTOMERS:
                client.put_customer(customer, motor_maker())
                config = EndpointConfig(customer_id=customer, url=self.wire.url, min_severity="info")
                self.secrets[customer] = client.create_endpoint(config).secret


def _start(running: ExitStack, data_dir: Path, port_offset: int, clock: str = "") -> RunningSystem:
    return running.enter_context(running_system(data_dir, port_offset, CHOKEPOINT_SEED="none", CLOCK=clock))


async def _is_ready(session: aiohttp.ClientSession, port: int) -> bool:
    try:
        async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


async def _ended(tasks: list["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
