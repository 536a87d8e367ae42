"""What the batch at hand will write: letters, and what is owed to whom."""

import time
from collections.abc import Iterable
from typing import Protocol

from services.dispatcher.batches import Batch, Owed, Replay
from services.dispatcher.letters import Delivery, Letter, delivery_id
from services.dispatcher.receivers import Receiver
from shared.contracts.deliveries import ReplayMessages

BEHIND_ANOTHER = float("inf")


class Places(Protocol):
    """Who knows whether a delivery finds a place in memory."""

    def offer(self, endpoint_id: str) -> bool: ...
    def withdraw(self, owed: Owed) -> None: ...


class Gathering:
    def __init__(self, places: Places) -> None:
        self._places = places
        self._batch = Batch()
        self._ids: set[str] = set()
        self._lines: set[tuple[str, str | None]] = set()

    def __contains__(self, message_id: str) -> bool:
        return message_id in self._ids

    def add(self, letter: Letter, receivers: Iterable[Receiver]) -> None:
        if letter.message_id in self._ids:
            return
        self._ids.add(letter.message_id)
        self._batch.letters.append(letter)
        for receiver in receivers:
            self.owe(letter, receiver)

    def owe(self, letter: Letter, receiver: Receiver) -> None:
        """A letter that is in this batch, or durable already."""
        self._batch.owed.append(self._owed(letter, receiver))

    def retry(self, delivery_id: str) -> None:
        self._batch.retries.append(delivery_id)

    def hurry(self, endpoint_id: str) -> None:
        self._batch.hurried.append(endpoint_id)

    def replay(self, command: ReplayMessages, partition: int) -> None:
        self._batch.replays.append(Replay(command, partition))

    def drop(self, partition: int) -> None:
        """The partition was taken from us: its next owner reads it again."""
        for owed in self._batch.owed:
            if owed.delivery.letter.partition == partition:
                self._places.withdraw(owed)
        self._batch.owed = [owed for owed in self._batch.owed if owed.delivery.letter.partition != partition]
        self._batch.letters = [letter for letter in self._batch.letters if letter.partition != partition]
        self._batch.replays = [replay for replay in self._batch.replays if replay.partition != partition]

    def finish(self) -> Batch:
        finished, self._batch = self._batch, Batch()
        self._ids.clear()
        self._lines.clear()
        return finished

    def _owed(self, letter: Letter, receiver: Receiver) -> Owed:
        in_line = receiver.in_order and letter.number is not None
        delivery = Delivery(delivery_id(letter.message_id, receiver.id), receiver.id, letter, in_line)
        if receiver.config.collapse == "latest":
            delivery.alert_id = letter.alert_id
        line = (receiver.id, letter.customer_id)
        if in_line and line in self._lines:
            return Owed(delivery, BEHIND_ANOTHER)
        if in_line:
            self._lines.add(line)
        return Owed(delivery, None if self._places.offer(receiver.id) else time.time())
