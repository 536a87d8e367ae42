"""A sender that never tires: acts, decisions on licences and news at a steady rate, each sent until it is taken."""

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import aiohttp

from shared.client import Connection
from tests.fixtures.events import Json, licence_decision, measure_change

CUSTOMERS = ("acme", "beta", "gamma")
RATE_PER_S = 4
AGAIN_AFTER_S = 1.0
ANSWERED_WITHIN = aiohttp.ClientTimeout(total=15)
AGENCY = {"name": "Agency", "type": "newswire"}


@dataclass(frozen=True, slots=True)
class Posted:
    """An event that was answered with 202. `told`: the customers whose message must name `ref`; nobody: it is news, and
    must have been read."""

    ref: str
    event_id: str
    told: tuple[str, ...]
    at: float = 0.0
    """`time.monotonic()` of the answer."""


@dataclass
class Load:
    connection: Connection
    run: str
    """Sets the events of this run apart from those of another in the same system."""
    accepted: list[Posted] = field(default_factory=list)
    waiting: set["asyncio.Task[None]"] = field(default_factory=set)
    """Events that were not taken yet."""
    refused: list[str] = field(default_factory=list)
    """What was answered neither 202 nor 503, which must not be."""
    ahead: timedelta = timedelta()
    """How far the system's clock is ahead of ours."""

    async def flow(self) -> None:
        """Until cancelled. A moment that finds the system away is made up for: the rate is what comes, not what is
        taken."""
        async with aiohttp.ClientSession(headers=_key(self.connection), timeout=ANSWERED_WITHIN) as session:
            try:
                for event, ref, told in self._events():
                    task = asyncio.create_task(self._note(session, event, ref, told))
                    self.waiting.add(task)
                    task.add_done_callback(self.waiting.discard)
                    await asyncio.sleep(1 / RATE_PER_S)
            finally:
                for task in self.waiting:
                    task.cancel()
                await asyncio.gather(*self.waiting, return_exceptions=True)

    def _events(self) -> Iterator[tuple[Json, str, tuple[str, ...]]]:
        """Of eight events six decide on a licence, one is an act that concerns everybody, one is news."""
        for number in count():
            ref = f"{self.run}-{number}"
            if number % 8 == 0:
                yield measure_change(ref, **self._dates()), ref, CUSTOMERS
            elif number % 8 == 4:
                yield self._news(number), ref, ()
            else:
                customer = CUSTOMERS[number % len(CUSTOMERS)]
                yield licence_decision(customer, ref, decided_at=self.now().isoformat()), ref, (customer,)

    def _dates(self) -> dict[str, str]:
        today = self.now().date().isoformat()
        return {"announced_on": today, "effective_on": today}

    def _news(self, number: int) -> Json:
        return {
            "kind": "news",
            "source": AGENCY,
            "url": f"https://agency.example/{self.run}/{number}",
            "title": f"Germanium licences still pending after {number} days",
            "body": f"European buyers say their {number} applications to China's commerce ministry are unanswered.",
            "published_at": self.now().isoformat(),
        }

    def now(self) -> datetime:
        """By the system's clock."""
        return datetime.now(UTC) + self.ahead

    async def post(self, event: Json) -> None:
        """One more, of which no account is kept."""
        async with aiohttp.ClientSession(headers=_key(self.connection), timeout=ANSWERED_WITHIN) as session:
            await self._until_taken(session, event)

    async def _note(self, session: aiohttp.ClientSession, event: Json, ref: str, told: tuple[str, ...]) -> None:
        event_id = await self._until_taken(session, event)
        self.accepted.append(Posted(ref, event_id, told, time.monotonic()))

    async def _until_taken(self, session: aiohttp.ClientSession, event: Json) -> str:
        while True:
            if event_id := await self._taken(session, event):
                return event_id
            await asyncio.sleep(AGAIN_AFTER_S * random.uniform(1, 2))  # noqa: S311

    async def _taken(self, session: aiohttp.ClientSession, event: Json) -> str | None:
        """Its id, or none: it is to be sent again, as the contract says of 503 and of no answer at all."""
        try:
            async with session.post(f"{self.connection.url}/v1/events", json=event) as answer:
                if answer.status != 202:
                    self.refused += [] if answer.status == 503 else [await answer.text()]
                    return None
                [result] = (await answer.json())["results"]
                return str(result["event_id"])
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError):
            return None


def _key(connection: Connection) -> dict[str, str]:
    return {"authorization": f"Bearer {connection.key}"}
