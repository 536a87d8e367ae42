"""What a scorer knows of one partition. It follows from the ledger alone, record by record."""

import heapq
from dataclasses import dataclass, field

from shared.contracts.customers import Silence
from shared.domain.alerts.alert import Alerts
from shared.domain.alerts.own_business import Case
from shared.domain.alerts.telling import Telling
from shared.domain.risk.codes import Codes
from shared.domain.risk.contexts import Contexts
from shared.domain.risk.portfolio import Portfolio
from shared.domain.risk.structure import Structure
from shared.domain.risk.world import World

Due = tuple[int, str, int, str]
"""When (microseconds since 1970), what (`case`, `remind`, `silence`, `story`), of which customer, about what."""


@dataclass(slots=True)
class Story:
    telling: Telling
    materials: tuple[str, ...]
    last_news: int


@dataclass(frozen=True, slots=True)
class Arrival:
    at: int
    """Microseconds since 1970."""
    quantity_kg: float
    event_id: str


@dataclass(slots=True)
class State:
    partition: int
    world: World
    portfolio: Portfolio
    structure: Structure
    alerts: Alerts = field(default_factory=Alerts)
    cases: dict[int, dict[str, Case]] = field(default_factory=dict)
    arrivals: dict[int, dict[str, Arrival]] = field(default_factory=dict)
    """Exposure → shipments that arrived since its stock was reported, by their refs."""
    silences: dict[str, Silence] = field(default_factory=dict)
    stories: dict[str, Story] = field(default_factory=dict)
    clocks: list[Due] = field(default_factory=list)
    change: int = 0
    """Number of the last change taken."""
    message: int = 0
    """Number of the last message made."""
    observed: int = 0
    """Number of the last observation of a licence case."""
    now: int = 0
    """The highest `accepted-at`, in microseconds since 1970."""
    day: int = 0
    """Days since 1970: what is scored is scored as of this day."""
    whole_day: int = 0
    """The day to which every exposure was brought; behind `day` only in the middle of a jump."""

    def due(self, at: int, what: str, customer: int, about: str) -> None:
        heapq.heappush(self.clocks, (at, what, customer, about))


def empty(partition: int) -> State:
    world = World(Codes(), Codes([""]), Contexts())
    return State(partition, world, Portfolio(world), Structure(world.materials, world.origins))
