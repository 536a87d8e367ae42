"""Messages on their way through dispatchers that are being killed, and the account of what became of every one."""

import random
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from tests.faults.receivers import Receiver, late_by
from tests.fixtures.dispatcher import Dispatching, until

LATENCY_S = 0.02
"""Of the receivers: what is being attempted at the moment of a kill."""
CUSTOMERS = tuple(f"c-{number}" for number in range(8))
DELIVERED = "SELECT message_id, endpoint_id FROM deliveries WHERE state = 'delivered'"

Pair = tuple[str, str]
"""A message's id and an endpoint's."""


@dataclass
class InFlight:
    """Every message is about one of a few customers, and owed to two endpoints: `any`, and `line` in order."""

    dispatcher: Dispatching
    arrivals: Mapping[str, "Arrivals"]
    """By endpoint."""
    written: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Message id → the customer and its sequence."""
    sent_again: set[Pair] = field(default_factory=set)
    """Although it was durable, when a victim had died, that they had been delivered."""
    _durable: frozenset[Pair] = frozenset()

    @classmethod
    @asynccontextmanager
    async def through(cls, dispatcher: Dispatching) -> AsyncIterator["InFlight"]:
        async with Receiver(late_by(LATENCY_S)).open() as anyhow, Receiver(late_by(LATENCY_S)).open() as line:
            await dispatcher.endpoint("any", anyhow.url, customer_id=None)
            await dispatcher.endpoint("line", line.url, customer_id=None, ordering="customer")
            yield cls(dispatcher, {"any": Arrivals(anyhow), "line": Arrivals(line)})

    async def write(self, count: int, chance: random.Random) -> frozenset[str]:
        """Ids of the messages."""
        messages = {str(uuid4()): chance.choice(CUSTOMERS) for _ in range(count)}
        made = []
        for message_id, customer in messages.items():
            made.append(self.dispatcher.message(customer, message_id=message_id))
            self.written[message_id] = (customer, self.dispatcher.sequences[customer])
        await self.dispatcher.write(*made)
        return frozenset(messages)

    async def expect_of(self, written: frozenset[str], count: int, within_s: float = 60) -> None:
        """Waits until so many of them have come at `any`."""

        async def came() -> bool:
            return len(written.intersection(self.arrivals["any"].ids())) >= count

        await until(came, within_s)

    async def look(self) -> int:
        """Once a victim is dead: how many messages were in flight, not known to be delivered at both endpoints."""
        rows = await self.dispatcher.sql(DELIVERED)
        self._find_repeats()
        self._durable = frozenset((row["message_id"], row["endpoint_id"]) for row in rows)
        return len({message_id for message_id, endpoint_id in self._owed() - self._durable})

    async def arrive(self, within_s: float = 60) -> None:
        """Waits until nothing is missing at any endpoint, and every outcome is written and told."""

        async def all_came() -> bool:
            return not self.lost()

        async def none_due() -> bool:
            return not await self.dispatcher.sql("SELECT FROM deliveries WHERE state = 'due' LIMIT 1")

        await until(all_came, within_s)
        await until(none_due, within_s)
        for endpoint_id in self.arrivals:
            await self.dispatcher.expect_told(endpoint_id, len(self.written), within_s)
        self._find_repeats()

    def expect_all_in_order(self) -> None:
        assert self.lost() == set()
        assert self.strangers() == set()
        assert self.sent_again == set()
        assert self.out_of_order() == {}

    # the account

    def lost(self) -> set[Pair]:
        return self._owed() - self._came()

    def strangers(self) -> set[Pair]:
        """What came under an id that no message was written under."""
        return self._came() - self._owed()

    def repeats(self) -> int:
        return sum(len(arrivals.ids()) for arrivals in self.arrivals.values()) - len(self._came())

    def out_of_order(self) -> dict[str, list[int]]:
        """Of customers of whom one came after a later one: their sequences as they came."""
        came: defaultdict[str, list[int]] = defaultdict(list)
        for message_id in self.arrivals["line"].ids():
            customer, sequence = self.written[message_id]
            came[customer].append(sequence)
        return {customer: sequences for customer, sequences in came.items() if sequences != sorted(sequences)}

    def _find_repeats(self) -> None:
        came = {(message_id, name) for name, arrivals in self.arrivals.items() for message_id in arrivals.since()}
        self.sent_again |= came & self._durable

    def _owed(self) -> set[Pair]:
        return {(message_id, endpoint_id) for message_id in self.written for endpoint_id in self.arrivals}

    def _came(self) -> set[Pair]:
        return {(message_id, name) for name, arrivals in self.arrivals.items() for message_id in arrivals.ids()}


@dataclass
class Arrivals:
    receiver: Receiver
    _ids: list[str] = field(default_factory=list)
    _seen: int = 0

    def ids(self) -> list[str]:
        self._ids += [request.header("webhook-id") for request in self.receiver.came[len(self._ids) :]]
        return self._ids

    def since(self) -> list[str]:
        """The last time that this was asked."""
        came = self.ids()[self._seen :]
        self._seen += len(came)
        return came
