"""Every port, and who holds it."""

from collections.abc import Iterator, Sequence

import psutil

from services.cli.doctor.finding import Finding, broken, well
from services.cli.doctor.patient import Patient
from services.cli.supervisor.ports import Port, by_whom, holder_of, is_free, what_moves
from services.cli.supervisor.services import CONTROLLER_PORT, KAFKA_PORT, POSTGRES_PORT, SERVICES
from services.cli.supervisor.settings import LARGEST_OFFSET


def places(patient: Patient) -> Iterator[Finding]:
    wanted = ports(patient)
    taken = [port for port in wanted if not is_free(port.number) and not _ours(port, patient.running)]
    yield finding(wanted, [f"{port.number} ({port.purpose}) is taken{by_whom(port.number)}" for port in taken], patient)


def finding(wanted: Sequence[Port], taken: Sequence[str], patient: Patient) -> Finding:
    if taken:
        return broken("ports", "; ".join(taken), what_moves(wanted, patient.offset, LARGEST_OFFSET))
    numbers = ", ".join(str(port.number) for port in wanted)
    return well("ports", f"{numbers}: {'held by the running system' if patient.running else 'free'}")


def ports(patient: Patient) -> tuple[Port, ...]:
    wanted = [Port(service.port, service.name) for service in SERVICES]
    if not patient.settings.kafka_bootstrap_servers:
        wanted += [Port(KAFKA_PORT, "kafka"), Port(CONTROLLER_PORT, "kafka's controller")]
    if not patient.settings.database_url:
        wanted.append(Port(POSTGRES_PORT, "postgres"))
    return tuple(Port(port.number + patient.offset, port.purpose) for port in wanted)


def _ours(port: Port, running: str | None) -> bool:
    """A child of the running system; so is one whose holder we may not see."""
    if running is None:
        return False
    holder = holder_of(port.number)
    if holder is None:
        return True
    try:
        return running in {str(process.pid) for process in (holder, *holder.parents())}
    except psutil.Error:
        return True
