"""The story on a running system: what is posted when, and until when it is waited for."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from rich.console import Console
from rich.progress import Progress, TaskID

from services.cli.demo import view
from services.cli.demo.customers import CUSTOMERS
from services.cli.demo.events import ARTICLE_DAY, LAST_DAY, Json, noon
from services.cli.demo.expected import Due, dues, missing
from services.cli.demo.listening import Listening
from services.cli.demo.pages import Pages
from services.cli.demo.story import Scene
from services.cli.demo.told import Journal, Line
from shared.client import Client, Problem
from shared.contracts.alerts import AlertData
from shared.contracts.endpoints import EndpointConfig
from shared.contracts.measures import Measure
from shared.contracts.risk import Risk
from shared.errors import ChokepointError

FIRST_DAY = date(2023, 1, 1)
REACHED_WITHIN_S = 30.0
TOLD_WITHIN_S = 5.0
QUIET_FOR_S, LONGEST_QUIET_S, PASSED_FOR_S = 0.3, 0.8, 0.02
"""Without a further message: then the day is over. The last is for each day that the clock has passed through."""
SETTLED_WITHIN_S = 20.0
ACKNOWLEDGED_WITHIN = 40
"""Attempts, 50 ms apart."""


class StoryFailed(ChokepointError):
    pass


@dataclass(frozen=True, slots=True)
class Sample:
    """A customer's worst risk on a day."""

    customer: str
    day: date
    score: float
    material: str


@dataclass(slots=True)
class Stage:
    client: Client
    receiver: Listening
    console: Console
    progress: Progress
    journal: Journal
    samples: list[Sample] = field(default_factory=list)
    today: date = FIRST_DAY
    article_told_s: float = 0.0
    """From posting the long article until its last webhook was here."""
    _posted: float = 0.0
    _task: TaskID = field(init=False)
    _last: float = 0.0
    _pages: Pages = field(init=False)
    _to_read: list[AlertData] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._pages = Pages(self.console)
        begin, end = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
        self._task = self.progress.add_task("", start=True, total=end - begin, verified=0)

    async def set_up(self) -> None:
        """Three customers, and an endpoint for each that hears everything about it."""
        secrets = {}
        for customer, profile in CUSTOMERS.items():
            await asyncio.to_thread(self.client.put_customer, customer, profile)
            config = EndpointConfig(customer_id=customer, url=f"{self.receiver.url}/{customer}/", min_severity="info")
            secrets[customer] = (await asyncio.to_thread(self.client.create_endpoint, config)).secret
        await self.receiver.begin(secrets, self._take)

    async def play(self, scene: Scene) -> None:
        """Returns when everybody concerned was told, or when it is too late for that."""
        days, self.today = (scene.day - self.today).days, scene.day
        passed = (scene.day - FIRST_DAY).days
        self.progress.update(self._task, completed=passed, description=view.spoken(scene.day))
        await self._post(scene.world)
        await self._until_reached(noon(scene.day))
        if scene.own:
            await self._post(scene.own)
        await self._until_told([due for due in dues() if due.is_due_in(scene)], _quiet_s(scene, days))
        self._pages.turn(scene)
        await self._acknowledge()
        await self._sample(scene.day)

    async def settle(self) -> list[str]:
        """What is missing in the end."""
        deadline = time.monotonic() + (0 if self.receiver.ended.is_set() else SETTLED_WITHIN_S)
        while True:
            made = {customer: await asyncio.to_thread(self._messages, customer) for customer in CUSTOMERS}
            found = missing(dues(), made, self.journal)
            if not found or time.monotonic() > deadline:
                self._pages.rest()
                return found
            await asyncio.sleep(0.3)

    def measures(self) -> list[Measure]:
        return [Measure.model_validate(item) for item in self.client.measures()]

    def _take(self, line: Line) -> None:
        self._last = time.monotonic()
        told = self.journal.take(line)
        if told is None:
            return
        if told.alert.kind == "signal" and self.today == ARTICLE_DAY:
            self.article_told_s = self._last - self._posted
        self._pages.put(told)
        self.progress.update(self._task, verified=len(self.journal.told))
        if told.alert.severity in ("high", "critical") and told.alert.status == "open":
            self._to_read.append(told.alert)

    async def _post(self, events: Sequence[Json]) -> None:
        self._posted = time.monotonic()
        answer = await asyncio.to_thread(self.client.post_events, json.dumps(events).encode())
        if answer.accepted != len(events):
            raise StoryFailed(f"an event of {self.today} was not accepted: {answer.model_dump_json()}")

    async def _until_reached(self, moment: datetime) -> None:
        deadline = time.monotonic() + REACHED_WITHIN_S
        while True:
            clock = (await asyncio.to_thread(self.client.coverage)).get("clock")
            if clock is not None and datetime.fromisoformat(str(clock)) >= moment:
                return
            if time.monotonic() > deadline:
                raise StoryFailed(f"the registry's clock did not reach {moment}: it is at {clock}")
            await asyncio.sleep(0.03)

    async def _until_told(self, awaited: Sequence[Due], quiet_for_s: float) -> None:
        """What is awaited has come, and nothing more for a moment."""
        began = self._last = time.monotonic()
        while not self.receiver.ended.is_set():
            now = time.monotonic()
            told = all(any(due.is_told_by(one) for one in self.journal.told) for due in awaited)
            if now - self._last > quiet_for_s and (told or now - began > TOLD_WITHIN_S):
                return
            await asyncio.sleep(0.03)

    async def _acknowledge(self) -> None:
        """Who has read a grave alert says so, and is not reminded of it every day."""
        reading, self._to_read = self._to_read, []
        for alert in {alert.id: alert for alert in reading}.values():
            await asyncio.to_thread(self._acknowledge_one, alert)

    def _acknowledge_one(self, alert: AlertData) -> None:
        for _ in range(ACKNOWLEDGED_WITHIN):
            if self._is_known(alert):
                self.client.acknowledge(alert.id)
                return
            time.sleep(0.05)

    def _is_known(self, alert: AlertData) -> bool:
        """The webhook may be here before the API has read of it; what is acknowledged there is an older message."""
        try:
            return AlertData.model_validate(self.client.alert(alert.id)).revision >= alert.revision
        except Problem as problem:
            if problem.status == 404:
                return False
            raise

    async def _sample(self, day: date) -> None:
        for customer in CUSTOMERS:
            risks = [Risk.model_validate(item) for item in await asyncio.to_thread(self.client.risk, customer)]
            if risks:
                worst = max(risks, key=lambda risk: risk.score)
                self.samples.append(Sample(customer, day, worst.score, worst.material))

    def _messages(self, customer: str) -> list[AlertData]:
        return [AlertData.model_validate(body["data"]) for body in self.client.messages(customer)]


def _quiet_s(scene: Scene, days: int) -> float:
    """Texts are read, and a buyer's own records are scored, before anybody is told."""
    is_long = bool(scene.own) or any(event["kind"] == "news" for event in scene.world)
    return LONGEST_QUIET_S if is_long else min(QUIET_FOR_S + PASSED_FOR_S * days, LONGEST_QUIET_S)
