"""`POST /v1/events`, as plain ASGI: this one route is asked a thousand times a second."""

import time
from collections import deque
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.ingest.answer import Results
from services.ingest.body import Body, Sent
from services.ingest.body_forms import form_of
from services.ingest.checking import Rejected, Valid
from services.ingest.customers import KnownCustomers
from services.ingest.door import Door, Sender, Taken
from services.ingest.writer import NotAcknowledged
from shared.http.auth import demand, key_of
from shared.http.body import ClientGone, refuse_declared
from shared.http.problems import Problem, unavailable
from shared.http.traced import note
from shared.metrics import EVENTS_INGESTED, INGEST_SECONDS
from shared.tracing.context import here
from shared.tracing.spans import recording

BATCHES_AHEAD = 2
"""Batches of a stream that may wait for the broker while the next is read."""
RETRY_AFTER_S = 2
REFUSED_UNREAD = EVENTS_INGESTED.labels(kind="other", outcome="unavailable")


@dataclass(frozen=True, slots=True)
class PostEvents:
    door: Door
    customers: KnownCustomers
    largest_body: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        try:
            response = await self._answer(scope, receive)
        except ClientGone:
            return
        except Problem as problem:
            response = problem.response()
        await response(scope, receive, send)
        INGEST_SECONDS.observe(time.perf_counter() - began)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        headers = Headers(scope=scope)
        key = key_of(scope)
        demand(key, "events:write", "POST")
        self._can_take()
        body = Body(form_of(headers), headers, receive, self.largest_body)
        refuse_declared(headers, self.largest_body)
        intake = _Intake(self.door, self.customers, Sender(key, here()))
        results = await intake.all_of(body)
        if recording():
            note(scope, {f"chokepoint.{status}": count for status, count in results.counts().items()})
        return results.answer()

    def _can_take(self) -> None:
        if reason := self.customers.unready() or self.door.writer.refuses():
            REFUSED_UNREAD.inc()  # whatever it holds: it counts as one
            raise unavailable(f"events cannot be taken now: {reason}", RETRY_AFTER_S)


class _Intake:
    """One request: batches are read, taken and settled one behind the other."""

    def __init__(self, door: Door, customers: KnownCustomers, sender: Sender) -> None:
        self._door = door
        self._customers = customers
        self._sender = sender
        self._results = Results()
        self._underway: deque[Taken] = deque()
        self._waited_for_strangers = False

    async def all_of(self, body: Body) -> Results:
        """:raises Problem: also where the body ends badly, or the broker does not answer; with the results so far."""
        try:
            async for batch in body.batches():
                verdicts = await self._checked(batch)
                self._underway.append(self._door.take(batch, verdicts, self._sender))
                await self._settle(leaving=BATCHES_AHEAD)
            await self._settle(leaving=0)
        except NotAcknowledged:
            raise self._not_acknowledged() from None
        except Problem as problem:
            raise await self._cut_short(problem) from None
        return self._results

    async def _checked(self, batch: list[Sent]) -> list[Valid | Rejected]:
        """Waits for unknown customers, once a request: one that stays unknown does not hold up every batch."""
        verdicts = self._door.checked(batch, self._sender)
        strangers = {event.stranger for event in verdicts if isinstance(event, Rejected) and event.stranger}
        if strangers and not self._waited_for_strangers:
            self._waited_for_strangers = True
            await self._customers.heard_of(strangers)
            verdicts = self._door.checked(batch, self._sender)
        return verdicts

    async def _settle(self, *, leaving: int) -> None:
        while len(self._underway) > leaving:
            self._results.extend(await self._door.settle(self._underway.popleft()))

    async def _cut_short(self, problem: Problem) -> Problem:
        """What was taken before the body went wrong stands, and is told."""
        try:
            await self._settle(leaving=0)
        except NotAcknowledged:
            return self._not_acknowledged()
        if self._results.all:
            problem.members = self._results.members()
        return problem

    def _not_acknowledged(self) -> Problem:
        return unavailable(
            "the broker did not acknowledge in time: send the same again, what it has had counts once",
            RETRY_AFTER_S,
            **(self._results.members() if self._results.all else {}),
        )
