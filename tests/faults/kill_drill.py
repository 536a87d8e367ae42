"""The dispatcher, its broker and its database are killed at random moments, again and again, with at least a hundred
messages in flight each time. `python -m tests.faults.kill_drill 200` does it so often and tells what it saw."""

import asyncio
import os
import random
import signal
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, islice
from pathlib import Path

from tests.faults.in_flight import InFlight
from tests.fixtures.box import kafka_box, postgres_box, serving, storing
from tests.fixtures.dispatcher import Dispatching, dispatching

VICTIMS = ("dispatcher", "broker", "dispatcher", "database")
WRITTEN = 150
IN_FLIGHT = 100
JITTER_S = 0.02
LOOK_EVERY_S = 0.02


@dataclass
class Process:
    """One that is started again where it was."""

    start: Callable[[], AbstractContextManager[int]]
    _life: ExitStack = field(default_factory=ExitStack)
    _pid: int = 0

    async def up(self) -> None:
        self._pid = await asyncio.to_thread(self._life.enter_context, self.start())

    def kill(self) -> None:
        os.kill(self._pid, signal.SIGKILL)

    async def down(self) -> None:
        await asyncio.to_thread(self._life.close)


@dataclass
class Scene:
    dispatcher: Dispatching
    servers: dict[str, Process]
    _free: asyncio.Event = field(default_factory=asyncio.Event)
    """While it is not set, nobody starts the dispatcher, which ends where the database does."""

    @classmethod
    @asynccontextmanager
    async def open(cls, place: Path) -> AsyncIterator["Scene"]:
        kafka, postgres = kafka_box(place), postgres_box(place)
        broker, database = Process(partial(serving, kafka, place)), Process(partial(storing, postgres, place))
        try:
            await asyncio.gather(broker.up(), database.up())
            async with dispatching(f"127.0.0.1:{kafka.broker_port}", postgres.url, place / "dispatcher.log") as one:
                await one.start()
                scene = cls(one, {"broker": broker, "database": database})
                keeping = asyncio.create_task(scene._keep())
                try:
                    yield scene
                finally:
                    keeping.cancel()
                    with suppress(asyncio.CancelledError):
                        await keeping
        finally:
            await asyncio.gather(broker.down(), database.down())

    @asynccontextmanager
    async def killed(self, victim: str) -> AsyncIterator[None]:
        """Entered, it is dead, and the database answers. Left, everything is being started again."""
        self._free.clear()
        if (server := self.servers.get(victim)) is not None:
            server.kill()
            await server.down()
        elif self.dispatcher.process is not None:
            self.dispatcher.process.kill()
            await asyncio.to_thread(self.dispatcher.process.wait)
        if victim == "database":
            await self.servers[victim].up()
        yield
        if victim == "broker":
            await self.servers[victim].up()
        self._free.set()

    async def _keep(self) -> None:
        """As a supervisor does."""
        self._free.set()
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self._free.wait()
            if self.dispatcher.process is not None and self.dispatcher.process.poll() is not None:
                self.dispatcher.launch()


@dataclass(frozen=True, slots=True)
class Drilled:
    flight: InFlight
    in_flight: Sequence[int]
    """At each kill."""


async def drill(place: Path, kills: int, seed: int = 0) -> Drilled:
    chance = random.Random(seed)  # noqa: S311
    counts: list[int] = []
    async with Scene.open(place) as scene, InFlight.through(scene.dispatcher) as flight:
        for victim in islice(cycle(VICTIMS), kills):
            written = await flight.write(WRITTEN, chance)
            await flight.expect_of(written, chance.randrange((WRITTEN - IN_FLIGHT) // 2))
            await asyncio.sleep(chance.uniform(0, JITTER_S))
            async with scene.killed(victim):
                counts.append(await flight.look())
        await flight.arrive()
        return Drilled(flight, counts)


def main(kills: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        drilled = asyncio.run(drill(Path(folder), kills, seed=kills))
    flight = drilled.flight
    flight.expect_all_in_order()
    sys.stdout.write(
        f"{kills} kills, {len(flight.written)} messages at 2 endpoints; in flight at a kill: {min(drilled.in_flight)} "
        f"to {max(drilled.in_flight)}, {statistics.median(drilled.in_flight):g} mostly; 0 lost, 0 under a second id, "
        f"0 out of order, {flight.repeats()} repeats, 0 of them of what was durable\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
