"""What came by webhook, verified, as it came."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from services.cli.demo.events import ZONE
from shared.contracts.alerts import AlertData
from shared.contracts.base import Instant, Wire


class Line(Wire):
    """What the receiver writes for each request: a message whose signature verified, or one that it refused."""

    endpoint: str
    """Whose endpoint it came to: a customer id."""
    webhook_id: str
    verified: bool
    type: str = ""
    timestamp: Instant | None = None
    data: AlertData | None = None


@dataclass(frozen=True, slots=True)
class Told:
    webhook_id: str
    type: str
    at: datetime
    """In the time of the story."""
    alert: AlertData

    @property
    def customer(self) -> str:
        return self.alert.customer_id

    @property
    def day(self) -> date:
        return self.at.astimezone(ZONE).date()


@dataclass(slots=True)
class Journal:
    told: list[Told] = field(default_factory=list)
    """Each message once, in the order of arrival."""
    refused: list[str] = field(default_factory=list)
    """Ids of requests whose signature did not verify."""
    astray: list[str] = field(default_factory=list)
    """Ids of messages that came to another customer's endpoint."""
    _seen: dict[str, Told] = field(default_factory=dict)

    def take(self, line: Line) -> Told | None:
        """None: nothing new. A delivery may be repeated under the same id; that is no second message."""
        if not line.verified:
            self.refused.append(line.webhook_id)
            return None
        if line.data is None or line.timestamp is None or line.webhook_id in self._seen:
            return None
        if line.data.customer_id != line.endpoint:
            self.astray.append(line.webhook_id)
        told = Told(line.webhook_id, line.type, line.timestamp, line.data)
        self._seen[line.webhook_id] = told
        self.told.append(told)
        return told

    def by_sequence(self, customer: str) -> Mapping[int, tuple[Told, ...]]:
        found: defaultdict[int, tuple[Told, ...]] = defaultdict(tuple)
        for told in self.told:
            if told.customer == customer:
                found[told.alert.sequence] += (told,)
        return found
