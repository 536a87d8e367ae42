"""Whether each service of a running system can do its work, and if not, why."""

import asyncio
from collections.abc import Iterator, Mapping

from services.cli.doctor.finding import Finding, broken, well
from services.cli.doctor.patient import Patient
from services.cli.supervisor.probes import why_not
from services.cli.supervisor.services import SERVICES
from services.cli.supervisor.spec import Answers


def awake(patient: Patient) -> Iterator[Finding]:
    if patient.running and patient.connection:
        yield from judged(asyncio.run(_asked(patient.offset)))


def judged(reasons: Mapping[str, str | None]) -> Iterator[Finding]:
    ready = [name for name, reason in reasons.items() if reason is None]
    if ready:
        yield well("services", f"{', '.join(ready)} ready")
    for name, reason in reasons.items():
        if reason is not None:
            yield broken(name, reason, f"what it wrote last is in the log of the run, on the lines of {name}")


async def _asked(offset: int) -> dict[str, str | None]:
    reasons = await asyncio.gather(*(why_not(Answers(service.port + offset)) for service in SERVICES))
    return {service.name: reason for service, reason in zip(SERVICES, reasons, strict=True)}
