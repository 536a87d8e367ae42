"""Which services `make run` starts, and where each one listens."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Service:
    name: str
    port: int
    """Without `PORT_OFFSET`."""
    module: str


SERVICES = (
    Service("ingest", 8000, "services.ingest"),
    Service("control", 8001, "services.control"),
    Service("classifier", 8011, "services.classifier"),
    Service("scorer", 8012, "services.scorer"),
    Service("dispatcher", 8013, "services.dispatcher"),
    Service("registry", 8015, "services.registry"),
)
KAFKA_PORT = 9092
CONTROLLER_PORT = 9093
POSTGRES_PORT = 15432
"""Not PostgreSQL's own, where a developer's machine has one; low enough that an offset of 40,000 fits."""
