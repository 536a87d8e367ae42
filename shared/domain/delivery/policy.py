"""What an answer, or its absence, means for a delivery and for its endpoint: one total function."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.domain.delivery.retry_after import retry_after
from shared.domain.delivery.schedule import LONGEST, delay_after

UNBROKEN_FAILURE = timedelta(days=5)
"""So long without one success disables an endpoint."""
STANDS_STILL_AT = 3
"""Failures: half an hour. A receiver that names a time itself is asked so often from then on, not hours after it; and
the schedule stands still meanwhile, or its last attempts would be over in hours."""
MOST_ATTEMPTS = 150
"""So many half hours are the three days of the schedule. A receiver that names a time for ever does not hold it back
for longer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Exactly one of `status` and `error` is there."""

    status: int | None
    error: str | None = None
    retry_after: str | None = None

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def told(self) -> str:
        return self.error or f"status {self.status}"


@dataclass(frozen=True, slots=True)
class Verdict:
    state: Literal["delivered", "due", "dead"]
    retry_at: datetime | None = None
    """Set when it is due again."""
    disable: str | None = None
    """Why nothing more may be sent to this endpoint."""
    rest_until: datetime | None = None
    """The whole endpoint is left alone until then, not this message only."""
    overloaded: bool = False
    """Fewer at a time from now on: the receiver is slow, away or asks for it."""
    beside: bool = False
    """The attempt is none of the schedule's ten."""


DELIVERED = Verdict("delivered")


def verdict_on(
    answer: Answer, *, delivery_id: str, attempt: int, in_all: int, failing_since: datetime | None, now: datetime
) -> Verdict:
    """`attempt` counts those of the schedule from 1, `in_all` every one that was made; `failing_since` is when the
    endpoint's unbroken failure began, before this attempt."""
    if answer.ok:
        return DELIVERED
    if answer.status == 410:
        return Verdict("dead", disable="the receiver answered 410 Gone")
    disable = None
    if failing_since is not None and now - failing_since >= UNBROKEN_FAILURE:
        disable = f"every attempt has failed for {UNBROKEN_FAILURE.days} days; the last: {answer.told}"
    asked = retry_after(answer.retry_after, now, LONGEST) if answer.status in {429, 503} else None
    rest_until = None if asked is None else now + asked
    delay = delay_after(max(attempt, 1), delivery_id)
    if delay is None:
        return Verdict("dead", disable=disable, rest_until=rest_until, overloaded=_overloaded(answer))
    sooner = delay_after(STANDS_STILL_AT, delivery_id) or delay
    beside = asked is not None and max(asked, sooner) < delay and in_all < MOST_ATTEMPTS
    retry_at = now + max(sooner if beside else delay, asked or timedelta(0))
    return Verdict("due", retry_at, disable, rest_until, _overloaded(answer), beside)


def _overloaded(answer: Answer) -> bool:
    return answer.status is None or answer.status == 429 or answer.status >= 500
