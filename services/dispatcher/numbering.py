"""A partition's messages carry numbers 1, 2, 3 …; each is taken once, in order, and none is skipped."""

from dataclasses import dataclass, field

from services.dispatcher.letters import Letter
from shared.errors import ChokepointError

MOST_WAITING = 10_000


class NumberMissing(ChokepointError):
    pass


@dataclass(slots=True)
class Numbering:
    """Takes the next number only. After a gap, what follows waits in memory and the position stays before it, so that a
    restart reads it again: nothing is skipped, nothing is lost."""

    partition: int
    next_offset: int
    """Everything before it is taken. Kept in SQL with `number`."""
    number: int | None
    """The last one taken; none: any may be the first."""
    _read_to: int = 0
    _waiting: dict[int, tuple[int, Letter | None]] = field(default_factory=dict)
    _unreadable: list[int] = field(default_factory=list)
    """Offsets of records whose number could not be read: each may stand for one missing number."""

    def had(self, number: int) -> bool:
        """It is a repeat."""
        return self.number is not None and number <= self.number

    def take(self, offset: int, number: int | None, letter: Letter | None) -> list[Letter]:
        """What can be taken now that this one is there. No letter: the record went to the dead letters and stands for
        its number only or, where that cannot be read, for the one that is found missing next."""
        self._read_to = offset + 1
        if number is None:
            self._unreadable.append(offset)
        elif not self.had(number):
            self._waiting[number] = (offset, letter)
            if self.number is None:
                self.number = number - 1
        taken = self._in_order()
        if len(self._waiting) > MOST_WAITING:
            raise NumberMissing(self.missing())
        held = [waiting for waiting, _ in self._waiting.values()] + self._unreadable
        self.next_offset = min(held, default=self._read_to)
        return taken

    def missing(self) -> str | None:
        if not self._waiting:
            return None
        return (
            f"alerts/{self.partition} waits for message number {(self.number or 0) + 1}: it has {len(self._waiting)} "
            "later ones; see whether scorers write to another cluster, or the log has lost its records"
        )

    def _in_order(self) -> list[Letter]:
        taken: list[Letter] = []
        while self._waiting and self.number is not None:
            if self.number + 1 not in self._waiting:
                if not self._unreadable or self.number + 2 not in self._waiting:
                    return taken
                self._unreadable.pop(0)
                self.number += 1
            self.number += 1
            if (letter := self._waiting.pop(self.number)[1]) is not None:
                taken.append(letter)
            if not self._waiting:
                self._unreadable.clear()  # no number is missing: what could not be read was no message
        return taken
