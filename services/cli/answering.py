"""How the receiver answers what verifies: well, or badly on purpose, to see what a sender makes of it."""

import random
import re
from dataclasses import dataclass

from shared.errors import ChokepointError

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "": 1.0}
DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|)")
TAKEN = 204


def seconds(text: str | float) -> float:
    """`2s`, `500ms`, `1.5` or `1m`; a number alone is seconds.

    :raises ValueError: it is none of them.
    """
    found = DURATION.fullmatch(str(text).strip().lower())
    if found is None:
        raise ValueError(f"{text!r} is no duration: 2s, 500ms, 1m")
    return float(found[1]) * UNITS[found[2]]


@dataclass(frozen=True, slots=True)
class Manners:
    fail: int | None = None
    """The status of a refusal."""
    rate: float = 1.0
    """The share of requests that are refused, where `fail` is set."""
    slow_s: float = 0.0
    """How long every answer waits."""
    retry_after_s: int | None = None
    """Sent along with a refusal."""
    seed: int | None = None
    """The same seed refuses the same requests of a sequence."""

    def __post_init__(self) -> None:
        """:raises ChokepointError: what goes with a refusal is given, and no refusal."""
        if self.fail is None and (self.rate != 1 or self.retry_after_s is not None):
            raise ChokepointError("--rate and --retry-after say how to refuse: give --fail 503 with them")

    def in_words(self) -> str:
        parts = [f"answers {self.fail} to {self.rate:.0%} of the requests"] if self.fail else []
        if self.retry_after_s is not None:
            parts.append(f"asks for {self.retry_after_s} s of patience")
        if self.slow_s:
            parts.append(f"waits {self.slow_s:g} s before each answer")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int = TAKEN
    headers: tuple[tuple[str, str], ...] = ()


class Answers:
    """One after the other."""

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._chance = random.Random(manners.seed)  # noqa: S311  # nobody's secret

    def next(self) -> Answer:
        manners = self._manners
        if manners.fail is None or self._chance.random() >= manners.rate:
            return Answer()
        wait = manners.retry_after_s
        return Answer(manners.fail, (("retry-after", str(wait)),) if wait is not None else ())
