"""What one record does, gathered until it is taken whole: rows to score again, and at most one notice an alert."""

from collections.abc import Set
from dataclasses import dataclass, field

import numpy as np

from shared.contracts.alerts import AlertKind
from shared.contracts.changes import Change
from shared.contracts.licences import Observation
from shared.domain.alerts.telling import Telling
from shared.domain.risk.columns import Rows
from shared.domain.risk.scope import NO_ROWS


@dataclass(slots=True)
class Notice:
    """`severity` is that of what happened; the exposures may make it graver."""

    customer: int
    cause: str
    kind: AlertKind
    severity: int
    telling: Telling
    rows: list[int]
    materials: tuple[str, ...] = ()
    """Where no exposure is concerned."""
    closes: bool = False
    retracts: bool = False
    """A human took back what it rested on."""
    reminder: bool = False


@dataclass(frozen=True, slots=True)
class Mover:
    """What a band that moves in this turn is told about; `materials`: none for any."""

    cause: str
    severity: int
    telling: Telling
    materials: frozenset[int] | None = None


@dataclass(slots=True)
class Turn:
    record_id: str
    at_us: int
    """The record's `accepted-at`, in microseconds since 1970."""
    accepted_at: str
    """The same instant, as it is written."""
    quiet: bool = False
    baseline_alert: bool = False
    """First scores of this turn are told too."""
    touched: list[Rows | list[int]] = field(default_factory=list)
    notices: dict[tuple[int, str], Notice] = field(default_factory=dict)
    by_customer: dict[int, list[Notice]] = field(default_factory=dict)
    movers: list[Mover] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)
    """Customer and material of exposures that are no more."""
    observations: list[Observation] = field(default_factory=list)
    change: Change | None = None

    def touch(self, rows: Rows | list[int]) -> None:
        self.touched.append(rows)

    def forget(self, freed: Set[int], customer: int | None = None) -> None:
        """Rows that are no more: what clocks said of them just before falls away, and all that was to be said to a
        customer who is deleted."""
        gone = np.array(sorted(freed), np.int32)
        self.touched = [np.setdiff1d(rows, gone) for rows in self.touched]
        for key, notice in list(self.notices.items()):
            notice.rows = [row for row in notice.rows if row not in freed]
            if notice.customer == customer:
                del self.notices[key]
        if customer is not None:
            self.by_customer.pop(customer, None)

    def rows(self) -> Rows:
        """To score: what was touched, and what notices speak of."""
        few = [row for notice in self.notices.values() for row in notice.rows]
        many = [NO_ROWS]
        for rows in self.touched:
            if isinstance(rows, list):
                few.extend(rows)
            elif len(rows):
                many.append(rows)
        if len(many) == 1:
            return np.array(sorted(set(few)), np.int32)
        return np.unique(np.concatenate([*many, np.array(few, np.int32)]))

    def notify(self, notice: Notice) -> None:
        """One message an alert: what comes later in a turn is what it says; the graver counts."""
        key = (notice.customer, notice.cause)
        before = self.notices.get(key)
        if before is None:
            self.notices[key] = notice
            self.by_customer.setdefault(notice.customer, []).append(notice)
            return
        before.rows = list(dict.fromkeys((*notice.rows, *before.rows)))
        before.severity = notice.severity if before.reminder else max(before.severity, notice.severity)
        before.kind, before.telling, before.closes, before.retracts, before.reminder = (
            notice.kind,
            notice.telling,
            notice.closes,
            notice.retracts,
            notice.reminder,
        )
        before.materials = notice.materials or before.materials
