"""Cases of six customers, filed and decided, become the lead time of a seventh: scorers to registry and back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.registry.lead_times import of_state
from services.scorer.testing import Json, Ledger, LedgerRecord, bought, measure
from shared.contracts.licences import LeadTimes, LicenceKind
from shared.kafka.topics import LEDGER, WORLD
from tests.unit.registry.world import Record, World

SIX = [f"customer-{number}" for number in range(6)]


@dataclass
class Road:
    """Two partitions of `ledger` and `world` between them."""

    ledgers: list[Ledger] = field(default_factory=lambda: [Ledger(0), Ledger(1)])
    world: World = field(default_factory=World)
    _carried: dict[int, int] = field(default_factory=lambda: {0: 0, 1: 0})

    def of(self, customer: str) -> Ledger:
        return self.ledgers[int(customer[-1]) % 2]

    def carry(self) -> None:
        """What scorers wrote into `world`, to the registry; what it then says, to every ledger."""
        for ledger in self.ledgers:
            done, self._carried[ledger.partition] = self._carried[ledger.partition], len(ledger.outputs)
            for output in ledger.outputs[done:]:
                if output.topic == WORLD:
                    self.take(Record(output.value, output.headers))

    def take(self, record: Record) -> None:
        said = len(self.world.said)
        self.world.take(record)
        self.deliver(said)

    def deliver(self, since: int) -> None:
        for output in self.world.said[since:]:
            if output.topic == LEDGER and output.partition in (0, 1):
                ledger = self.ledgers[output.partition]
                ledger.take(LedgerRecord(len(ledger.records), output.value, output.headers, partition=ledger.partition))

    def tick(self, moment: datetime) -> None:
        said = len(self.world.said)
        self.world.tick(moment.replace(tzinfo=None).isoformat())
        for ledger in self.ledgers:
            ledger.now = moment
        self.deliver(said)

    def lead_times(self) -> LeadTimes:
        kind = LicenceKind(origin="CN", material="terbium", destination="DE", end_use="civil")
        told = of_state(self.world.registry.state, kind)
        assert told is not None
        return told


def test_cases_of_six_are_the_lead_time_of_a_seventh_from_the_next_midnight_on() -> None:
    road = Road()
    started = road.ledgers[0].now
    for customer in (*SIX, "seventh-7"):
        road.of(customer).customer(customer, bought(cover=50))
    road.tick(started)
    for ledger in road.ledgers:
        ledger.changes = road.world.registry.state.changes
        ledger.act(measure())
    road.world.registry.state.changes += 1  # the act, which the test gave the ledgers by hand
    for customer in SIX:
        road.of(customer).application(customer, "L-1", event_id=f"{customer}-filed")
    before = _seen(road)
    for days in range(1, 31):
        road.tick(started + timedelta(days=days))
        for customer in SIX if days == 20 else ():
            road.of(customer).decision(customer, "L-1", "granted")
        road.carry()
    midnight = (started + timedelta(days=31)).replace(hour=0)
    road.tick(midnight)
    after, told = _seen(road), road.lead_times()
    assert (told.stratum, told.n, told.pending) == ("own", 6, 0)
    assert told.p50 is not None
    assert after["lead_time_days"]["p50"] == told.p50 + 14
    assert after["lead_time_days"]["p50"] < before["lead_time_days"]["p50"]
    assert after["stockout"]["probability"]["60"] < before["stockout"]["probability"]["60"]
    assert after["score"] < before["score"]
    assert after["inputs"]["lead_time_days"]["source"] == "licence book: 6 cases"


def _seen(road: Road) -> Json:
    return road.of("seventh-7").risk("seventh-7", "terbium")
