"""What became of an attempt, and what it makes of the delivery."""

from dataclasses import dataclass
from datetime import datetime

from services.dispatcher.batches import Owed, Settled
from services.dispatcher.letters import Delivery
from services.dispatcher.sender import Reply
from shared.contracts.endpoints import Circuit
from shared.domain.delivery.policy import Answer, Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    delivery: Delivery
    settled: Settled
    reply: Reply


@dataclass(frozen=True, slots=True)
class Disabled:
    """An endpoint to which nothing more is sent until it is enabled again."""

    endpoint_id: str
    version: int
    customer_id: str | None
    at: datetime
    reason: str
    owed: tuple[Owed, ...] = ()
    """What operators are told of it."""


@dataclass(frozen=True, slots=True)
class Turned:
    """An endpoint's circuit opened or closed."""

    endpoint_id: str
    customer_id: str | None
    at: datetime
    circuit: Circuit


Notice = Disabled | Turned


def attempted(delivery: Delivery, reply: Reply, verdict: Verdict) -> Outcome:
    settled = Settled(
        delivery_id=delivery.delivery_id,
        state=verdict.state,
        attempts=delivery.attempts + 1,
        next_at=None if verdict.retry_at is None else verdict.retry_at.timestamp(),
        status=reply.answer.status,
        error=reply.answer.error,
        beside=verdict.beside,
    )
    return Outcome(delivery, settled, reply)


def cancelled(delivery: Delivery, reason: str, at: datetime) -> Outcome:
    """Without an attempt."""
    settled = Settled(delivery.delivery_id, "cancelled", delivery.attempts, None, None, reason)
    return Outcome(delivery, settled, Reply(Answer(None, reason), at, 0.0))


def collapsed(delivery: Delivery, into: int | None, at: datetime) -> Outcome:
    """Without an attempt: a newer message of its alert is sent for it."""
    reason = f"sequence {into} of the same alert is sent instead"
    settled = Settled(delivery.delivery_id, "collapsed", delivery.attempts, None, None, reason)
    return Outcome(delivery, settled, Reply(Answer(None, reason), at, 0.0))
