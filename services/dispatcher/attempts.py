"""One attempt at a delivery, and what came of it: for the delivery, for its endpoint, and for the endpoint's lane."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

import structlog

from services.dispatcher.batches import Owed
from services.dispatcher.disabling import disabled_letter
from services.dispatcher.health import EndpointHealth
from services.dispatcher.lanes import Lanes
from services.dispatcher.letters import Delivery, Letter, delivery_id
from services.dispatcher.metrics import starts
from services.dispatcher.outcomes import Disabled, Notice, Outcome, Turned, attempted, cancelled
from services.dispatcher.receivers import Receiver, Receivers
from services.dispatcher.sender import Reply
from shared.contracts.endpoints import Circuit
from shared.domain.delivery.policy import Verdict, verdict_on

log = structlog.get_logger(__name__)


class Sends(Protocol):
    async def send(self, receiver: Receiver, delivery: Delivery) -> Reply: ...


class Notes(Protocol):
    def add_notice(self, notice: Notice) -> None: ...


class Attempts:
    def __init__(self, receivers: Receivers, sender: Sends, health: EndpointHealth, lanes: Lanes) -> None:
        self._receivers = receivers
        self._sender = sender
        self._health = health
        self._lanes = lanes

    def begin(self, notices: Notes) -> None:
        self._notices = notices

    async def make(self, delivery: Delivery) -> Outcome:
        receiver = self._receivers.get(delivery.endpoint_id)
        reason = _pointless(receiver, delivery)
        if receiver is None or reason:
            self._lanes.landed(delivery.endpoint_id, time.time(), ok=False, overloaded=False)
            return cancelled(delivery, reason or "", datetime.now(UTC))
        starts(delivery, receiver, self._health)
        reply = await self._sender.send(receiver, delivery)
        return self._judged(receiver, delivery, reply)

    def _judged(self, receiver: Receiver, delivery: Delivery, reply: Reply) -> Outcome:
        now = datetime.now(UTC)
        verdict = verdict_on(
            reply.answer,
            delivery_id=delivery.delivery_id,
            attempt=delivery.attempts + 1 - delivery.schedule_from,
            in_all=delivery.attempts + 1,
            failing_since=self._health.failing_since(receiver.id),
            now=now,
        )
        current = self._receivers.get(receiver.id)
        changed = current is not None and (current.version, current.since) != (receiver.version, receiver.since)
        if changed:
            verdict = _of_an_earlier_version(verdict, reply, now)
        if reply.answer.ok or not changed:
            self._endpoint_answered(receiver, reply, now)
        self._lane_landed(receiver, reply, verdict, now)
        if verdict.disable and self._receivers.state(receiver.id) == "active":
            self._disable(receiver, verdict.disable, delivery.letter, now)
        return attempted(delivery, reply, verdict)

    def _endpoint_answered(self, receiver: Receiver, reply: Reply, now: datetime) -> None:
        if reply.answer.ok:
            if self._health.succeeded(receiver.id):
                self._notices.add_notice(Turned(receiver.id, receiver.customer_id, now, Circuit()))
        elif self._receivers.state(receiver.id) == "active":
            self._health.failed(receiver.id, reply.at)

    def _lane_landed(self, receiver: Receiver, reply: Reply, verdict: Verdict, now: datetime) -> None:
        current = self._receivers.get(receiver.id)
        if verdict.rest_until and current:
            self._health.rests(receiver.id, receiver.version, verdict.rest_until)
        trial_at = self._lanes.landed(
            receiver.id,
            now.timestamp(),
            ok=reply.answer.ok,
            overloaded=verdict.overloaded,
            rest_until=self._health.rest_until(receiver.id, current.version) if current else 0.0,
        )
        if trial_at is not None:
            circuit = Circuit(
                state="open",
                since=self._health.failing_since(receiver.id),
                last_error=reply.answer.told,
                trial_at=datetime.fromtimestamp(trial_at, UTC),
            )
            self._notices.add_notice(Turned(receiver.id, receiver.customer_id, now, circuit))

    def _disable(self, receiver: Receiver, reason: str, met: Letter, now: datetime) -> None:
        since = self._health.failing_since(receiver.id) or now
        log.warning("endpoint disabled", endpoint=receiver.id, reason=reason)
        self._health.disable(receiver.id, receiver.version, reason)
        self._receivers.disable(receiver.id, receiver.version)
        letter = disabled_letter(receiver, reason, since, met, now)
        owed = tuple(
            Owed(Delivery(delivery_id(letter.message_id, operator.id), operator.id, letter), now.timestamp())
            for operator in self._receivers.wanting(letter)
        )
        self._notices.add_notice(Disabled(receiver.id, receiver.version, receiver.customer_id, now, reason, owed))


def _of_an_earlier_version(verdict: Verdict, reply: Reply, now: datetime) -> Verdict:
    """It says nothing of the endpoint as it is now; what was gone from where it was before is sent there."""
    of_the_message = replace(verdict, disable=None, rest_until=None, overloaded=False)
    return replace(of_the_message, state="due", retry_at=now) if reply.answer.status == 410 else of_the_message


def _pointless(receiver: Receiver | None, delivery: Delivery) -> str | None:
    letter = delivery.letter
    if receiver is None:
        return "the endpoint was deleted"
    if not letter.body:
        return "its message is no longer kept"
    if letter.number is not None and letter.accepted_at < receiver.since:
        return "the endpoint was deleted and made again"
    return None
