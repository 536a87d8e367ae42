import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from services.dispatcher.health import EndpointHealth
from services.dispatcher.lanes import Lanes
from services.dispatcher.letters import Delivery
from services.dispatcher.outcomes import Outcome
from services.dispatcher.receivers import Receiver
from shared.metrics import (
    DELIVERIES,
    DELIVERY_ATTEMPTS,
    DELIVERY_SECONDS,
    END_TO_END_SECONDS,
    ENDPOINT_FAILING_SECONDS,
    ENDPOINTS,
    ENDPOINTS_FAILING,
    FIRST_ATTEMPT_SECONDS,
)

_CLASSES = {first: DELIVERY_ATTEMPTS.labels(status_class=f"{first}xx") for first in range(1, 6)}
for _ended in ("delivered", "dead", "cancelled", "collapsed"):
    DELIVERIES.labels(outcome=_ended)  # from the start: a count that begins at one has never risen
_NO_ANSWER = DELIVERY_ATTEMPTS.labels(status_class="error")


def show_circuits(lanes: Lanes) -> None:
    """Counted when somebody looks."""
    for state in ("open", "half_open"):
        ENDPOINTS.labels(state=f"circuit_{state}").set_function(partial(_count, lanes, state))


def _count(lanes: Lanes, state: str) -> float:
    return float(sum(found == state for found in lanes.circuits(time.time())))


def show_health(health: EndpointHealth, speaks_for: Callable[[str], bool]) -> None:
    """Counted when somebody looks, not at every attempt. Each endpoint is shown by one copy."""

    def failing() -> list[datetime]:
        return [since for endpoint_id, since in health.failing().items() if speaks_for(endpoint_id)]

    def longest_s() -> float:
        since = min(failing(), default=None)
        return 0.0 if since is None else (datetime.now(UTC) - since).total_seconds()

    ENDPOINTS_FAILING.set_function(lambda: float(len(failing())))
    ENDPOINT_FAILING_SECONDS.set_function(longest_s)


def starts(delivery: Delivery, receiver: Receiver, health: EndpointHealth) -> None:
    """Counted where lateness is ours: a receiver that failed meanwhile, or asked for a pace or for a line, made its
    messages wait itself."""
    letter = delivery.letter
    waited_for_nobody = not (delivery.in_line or receiver.config.rate_limit_per_s)
    if _first(delivery) and waited_for_nobody and health.well_since(receiver.id, letter.received_at):
        FIRST_ATTEMPT_SECONDS.observe((datetime.now(UTC) - letter.received_at).total_seconds())


def saw(outcomes: Sequence[Outcome]) -> None:
    attempts = [outcome for outcome in outcomes if outcome.settled.state != "cancelled"]
    for hundred, count in Counter((attempt.settled.status or 0) // 100 for attempt in attempts).items():
        _CLASSES.get(hundred, _NO_ANSWER).inc(count)
    DELIVERY_SECONDS.observe_all(attempt.reply.latency_s for attempt in attempts)
    delivered = [one for one in attempts if one.settled.state == "delivered" and _told(one.delivery)]
    END_TO_END_SECONDS.observe_all(map(_end_to_end_s, delivered))


def _end_to_end_s(delivered: Outcome) -> float:
    reply = delivered.reply
    return (reply.at - delivered.delivery.letter.received_at).total_seconds() + reply.latency_s


def _first(delivery: Delivery) -> bool:
    return delivery.attempts == 0 and _told(delivery)


def _told(delivery: Delivery) -> bool:
    """By an event; not sent again, or on command."""
    return not delivery.replay and delivery.letter.number is not None
