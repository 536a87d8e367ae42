"""The state of alerts, only where there are any."""

from collections.abc import Iterator
from dataclasses import asdict, astuple, dataclass
from typing import Any, Self

from shared.contracts.alerts import AlertKind, AlertStatus
from shared.domain.alerts.telling import Telling

DAY_US = 86_400_000_000


@dataclass(slots=True)
class Alert:
    """What the customer was last told, if anything (`revision` 0). Instants are microseconds since 1970."""

    materials: tuple[str, ...] = ()
    status: AlertStatus = "resolved"
    kind: AlertKind = "measure"
    severity: int = 0
    happened: int = 0
    """How grave what it last spoke of is by itself; the exposures make `severity` of it."""
    gravest: int = 0
    """Since it opened: its resolution goes to whoever heard of it."""
    came_by: str = ""
    """The act by which the measure came to be about the customer; none where it was from the start."""
    revision: int = 0
    opened_at: int = 0
    told_at: int = 0
    remind_at: int = 0
    """0: no reminder is due."""
    held: bool = False
    """Something about it was silenced and not told since."""

    @property
    def live(self) -> bool:
        return self.status in {"open", "acknowledged"}


class Alerts:
    """Customer row → cause → alert. Resolved ones stay, so that a revision is never used twice."""

    def __init__(self) -> None:
        self._of: dict[int, dict[str, Alert]] = {}
        self.held: dict[tuple[int, str], Telling] = {}
        """What was to be said last, in the order in which they were first silenced."""

    def find(self, customer: int, cause: str) -> Alert | None:
        return self._of.get(customer, {}).get(cause)

    def get(self, customer: int, cause: str) -> Alert:
        own = self._of.setdefault(customer, {})
        found = own.get(cause)
        if found is None:
            found = own[cause] = Alert()
        return found

    def live(self, customer: int) -> Iterator[tuple[str, Alert]]:
        return ((cause, alert) for cause, alert in self._of.get(customer, {}).items() if alert.live)

    def customers_with(self, cause: str) -> list[int]:
        return [customer for customer, alerts in self._of.items() if cause in alerts and alerts[cause].live]

    def close_all(self, customer: int) -> None:
        """Quietly: there is nobody left to tell."""
        for cause, alert in self._of.get(customer, {}).items():
            alert.status, alert.remind_at, alert.held = "resolved", 0, False
            self.held.pop((customer, cause), None)

    # how they are kept

    def dump(self) -> list[Any]:
        return [[row, [[cause, *astuple(a)] for cause, a in alerts.items()]] for row, alerts in self._of.items()]

    def dump_held(self) -> list[Any]:
        return [[customer, cause, asdict(telling)] for (customer, cause), telling in self.held.items()]

    @classmethod
    def load(cls, rows: list[Any], held: list[Any]) -> Self:
        alerts = cls()
        for customer, entries in rows:
            alerts._of[customer] = {cause: Alert(tuple(materials), *rest) for cause, materials, *rest in entries}
        alerts.held = {(customer, cause): Telling.load(telling) for customer, cause, telling in held}
        return alerts
