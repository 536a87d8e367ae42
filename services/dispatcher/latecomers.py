"""Endpoints and messages come on different topics: the record of an endpoint may come a moment after messages that were
accepted once it was made. What they would have been owed is found again from either side."""

from collections import deque
from collections.abc import Iterable, Sequence

from services.dispatcher.letters import Letter
from services.dispatcher.receivers import Receiver

REMEMBERED_S = 3.0
MOST = 2_000

Pair = tuple[Letter, Receiver]


class Latecomers:
    """Remembers letters that are durable and endpoints that are new, both for a few seconds. Pairs may have met before:
    the store knows."""

    def __init__(self) -> None:
        self._letters: deque[tuple[float, Letter]] = deque(maxlen=MOST)
        self._receivers: deque[tuple[float, Receiver]] = deque(maxlen=MOST)

    def kept(self, letters: Sequence[Letter], now: float) -> list[Pair]:
        """They are durable. Most of the time nobody is new, and it costs nothing."""
        self._letters.extend((now, letter) for letter in letters if letter.number is not None)
        _forget(self._receivers, now)
        if not self._receivers:
            return []
        new: dict[str | None, list[Receiver]] = {}
        for _, receiver in self._receivers:
            new.setdefault(receiver.customer_id, []).append(receiver)
        return [
            (letter, receiver)
            for letter in letters
            for receiver in (*new.get(letter.customer_id, ()), *(new.get(None, ()) if letter.customer_id else ()))
            if letter.number is not None and receiver.interest.wants(letter)
        ]

    def came(self, receiver: Receiver, now: float) -> list[Pair]:
        """It is new."""
        self._receivers.append((now, receiver))
        _forget(self._letters, now)
        return [(letter, receiver) for _, letter in self._letters if receiver.interest.wants(letter)]

    def leave(self, partitions: Iterable[int]) -> None:
        gone = frozenset(partitions)
        self._letters = deque((entry for entry in self._letters if entry[1].partition not in gone), maxlen=MOST)


def _forget(remembered: "deque[tuple[float, Letter]] | deque[tuple[float, Receiver]]", now: float) -> None:
    while remembered and remembered[0][0] < now - REMEMBERED_S:
        remembered.popleft()
