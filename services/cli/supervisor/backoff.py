from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long a process that died waits for its next start: at first hardly, as most deaths are accidents."""

    first_s: float = 0.1
    factor: float = 2.0
    longest_s: float = 15.0
    forgotten_after_s: float = 10.0
    """A process that ran for so long starts over at the first wait; Docker forgets as soon."""

    def wait_s(self, deaths: int) -> float:
        """Before the start that follows this many deaths in a row."""
        return min(self.first_s * self.factor ** (deaths - 1), self.longest_s)

    def deaths(self, before: int, ran_s: float) -> int:
        return 1 if ran_s >= self.forgotten_after_s else before + 1
