"""A receiver that is away is left alone but for one trial at a time, further and further apart, until it answers."""

from dataclasses import dataclass
from typing import Literal

OPENS_AFTER = 5
"""Failures in a row."""
FIRST_REST_S = 1.0
LONGEST_REST_S = 30.0
"""How late a receiver that is back may be found so. A message's own schedule is longer where it matters."""

State = Literal["closed", "open", "half_open"]


@dataclass(slots=True)
class Circuit:
    failures: int = 0
    rest_s: float = 0.0
    """Nought: it is closed."""
    until: float = 0.0

    @property
    def is_closed(self) -> bool:
        return self.rest_s == 0.0

    def state(self, now: float) -> State:
        if self.is_closed:
            return "closed"
        return "open" if now < self.until else "half_open"

    def answered(self) -> None:
        self.failures, self.rest_s, self.until = 0, 0.0, 0.0

    def failed(self, now: float) -> float | None:
        """When the next trial may be made, if it opens or goes on resting by it. What was under way when it opened, and
        fails while it rests, tells nothing new."""
        self.failures += 1
        if self.failures < OPENS_AFTER or now < self.until:
            return None
        self.rest_s = min(2 * self.rest_s, LONGEST_REST_S) or FIRST_REST_S
        self.until = now + self.rest_s
        return self.until

    def try_now(self) -> None:
        """Something about the endpoint has changed: the next trial need not wait."""
        self.until = 0.0
