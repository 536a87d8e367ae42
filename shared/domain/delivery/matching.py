"""Which endpoint gets which message."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, get_args

from shared.catalog.materials import expand, materials
from shared.contracts.alerts import AlertType, OperatorType
from shared.contracts.base import Severity
from shared.contracts.endpoints import EndpointRecord

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
ALERT_TYPES: frozenset[str] = frozenset(get_args(AlertType))
OPERATOR_TYPES: frozenset[str] = frozenset(get_args(OperatorType))


class Subject(Protocol):
    """What of a message decides who gets it."""

    @property
    def type(self) -> str: ...
    @property
    def customer_id(self) -> str | None: ...
    @property
    def severity(self) -> Severity | None: ...
    @property
    def materials(self) -> tuple[str, ...]: ...
    @property
    def accepted_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Interest:
    """What one endpoint asks for, whether it is enabled or gets it later. Tests and heartbeats go to one endpoint each
    and are not matched."""

    customer_id: str | None
    """Absent: operator-wide, sees every customer and the messages about none."""
    types: frozenset[str]
    min_severity: int
    materials: frozenset[str] | None
    since: datetime

    @classmethod
    def of(cls, endpoint: EndpointRecord) -> "Interest":
        config = endpoint.config
        sent = ALERT_TYPES if config.customer_id is not None else ALERT_TYPES | OPERATOR_TYPES
        return cls(
            customer_id=config.customer_id,
            types=sent & frozenset(config.event_types),
            min_severity=SEVERITIES.index(config.min_severity),
            materials=reach(config.materials) if config.materials else None,
            since=endpoint.created_at,
        )

    def wants(self, message: Subject) -> bool:
        return (
            (self.customer_id is None or self.customer_id == message.customer_id)
            and message.type in self.types
            and (message.severity is None or SEVERITIES.index(message.severity) >= self.min_severity)
            and self._about(message.materials)
            and message.accepted_at >= self.since
        )

    def _about(self, materials: tuple[str, ...]) -> bool:
        """A message that names no material may concern any."""
        return self.materials is None or not materials or not self.materials.isdisjoint(reach(materials))


def reach(slugs: tuple[str, ...]) -> frozenset[str]:
    """A group covers its members. A slug that this catalogue does not know yet stands for itself."""
    known = materials()
    return expand(slug for slug in slugs if slug in known) | frozenset(slugs)
