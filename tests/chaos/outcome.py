"""What came of one drill, and whether it held: pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from tests.chaos.account import Account

FIRES_WITHIN_S = 120.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """Seconds: of `fired` and `told` since the cause began, of `recovered_s` and `resolved` since it was taken away."""

    name: str
    cause: str
    lasted_s: float
    fired: Mapping[str, float | None]
    also: tuple[str, ...]
    """Other alerts that fired meanwhile."""
    recovered_s: float | None
    """Everything ready, everything accepted come out."""
    resolved: Mapping[str, float | None]
    account: Account
    told: Mapping[str, tuple[str, float] | None] = field(default_factory=dict)
    """Whom Alertmanager told; nobody where the alert had resolved before its group's turn."""
    complaints: tuple[str, ...] = ()
    """What sender and receiver met that must not be."""

    @property
    def held(self) -> bool:
        return not self.faults

    @property
    def faults(self) -> list[str]:
        found = [f"{name} did not fire" for name, at in self.fired.items() if at is None]
        found += [f"{name} fired late" for name, at in self.fired.items() if at is not None and at > FIRES_WITHIN_S]
        found += [f"{name} did not resolve" for name, at in self.resolved.items() if at is None]
        found += [] if any(self.told.values()) else ["nobody was told"]
        found += [] if self.recovered_s is not None else ["did not recover"]
        found += [] if self.account.balanced else ["accepted events and outcomes differ"]
        return [*found, *self.complaints]


def others(fired: Collection[str], named: Collection[str]) -> tuple[str, ...]:
    """As far as they say more: of an alert on one job, not that it fired on any."""
    known = {*named, *(name.partition(" ")[0] for name in (*fired, *named) if " " in name)}
    return tuple(sorted(name for name in fired if name not in known and name.partition(" ")[0] not in named))
