"""`deliveries` → each delivery with its attempts; and an endpoint that the dispatcher disabled, or whose receiver is
away, is shown so."""

from collections.abc import Callable, Iterable, Iterator

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import func, literal
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.change import Change
from services.control.deliveries import AttemptShown
from services.control.endpoints import store as endpoints
from services.control.projections.bulk import insert_or_update, write
from services.control.tables import deliveries
from shared.contracts.deliveries import Attempt, DeliveryReport, EndpointCircuit, EndpointDisabled
from shared.kafka.record import DeadLetter, Incoming

_report: TypeAdapter[Attempt | EndpointDisabled | EndpointCircuit] = TypeAdapter(DeliveryReport)
_WRITE = insert_or_update(
    deliveries,
    (
        "id",
        "endpoint_id",
        "customer_id",
        "message_id",
        "type",
        "sequence",
        "state",
        "first_at",
        "next_attempt_at",
        "attempts",
    ),
    change=("state", "next_attempt_at"),
    instead=lambda given: {"attempts": deliveries.c.attempts + literal(",") + given.attempts},
    # one that is shown already was told twice, or is read again
    where=lambda given: func.strpos(deliveries.c.attempts, given.attempts) == 0,
)

MakeChange = Callable[[AsyncConnection], Change]


class DeliveriesProjection:
    def __init__(self, change: MakeChange) -> None:
        self._change = change
        self._attempts: dict[str, list[Attempt]] = {}
        self._disabled: list[EndpointDisabled] = []
        self._turned: dict[str, EndpointCircuit] = {}

    def take(self, record: Incoming) -> None:
        if record.value is None:
            return
        try:
            report = _report.validate_json(record.value)
        except ValidationError as error:
            raise DeadLetter.of(error, "report of a delivery") from None
        if isinstance(report, Attempt):
            self._attempts.setdefault(report.delivery_id, []).append(report)
        elif isinstance(report, EndpointCircuit):
            self._turned[report.endpoint_id] = report
        else:
            self._disabled.append(report)

    async def write(self, connection: AsyncConnection) -> None:
        attempts, self._attempts = self._attempts, {}
        disabled, self._disabled = self._disabled, []
        turned, self._turned = self._turned, {}
        for turn in _turns(attempts.values()):
            await write(connection, _WRITE, [_line(attempt) for attempt in turn])
        for endpoint_id in sorted(turned):
            await endpoints.turn(connection, endpoint_id, turned[endpoint_id].circuit, turned[endpoint_id].at)
        for report in disabled:
            await _disable(self._change(connection), report)


def _turns(of_each: Iterable[list[Attempt]]) -> Iterator[list[Attempt]]:
    """The first attempt at every delivery, then the second of those that have one, and so on."""
    while of_each := [attempts for attempts in of_each if attempts]:
        yield [attempts.pop(0) for attempts in of_each]


def _line(attempt: Attempt) -> dict[str, object]:
    return {
        "id": attempt.delivery_id,
        "endpoint_id": attempt.endpoint_id,
        "customer_id": attempt.customer_id,
        "message_id": attempt.message_id,
        "type": attempt.type,
        "sequence": attempt.sequence,
        "state": attempt.state,
        "first_at": attempt.at,
        "next_attempt_at": attempt.next_attempt_at,
        "attempts": _shown(attempt),
    }


def _shown(attempt: Attempt) -> str:
    fields = {name: getattr(attempt, name) for name in AttemptShown.model_fields}
    return AttemptShown.model_construct(**fields).model_dump_json()


async def _disable(change: Change, report: EndpointDisabled) -> None:
    """What was reported before somebody enabled it again is past."""
    await change.lock(f"endpoint/{report.endpoint_id}")
    stored = await endpoints.read(change.connection, report.endpoint_id)
    if stored is None or not stored.config.enabled or report.at < stored.enabled_at:
        return
    config = stored.config.model_copy(update={"enabled": False})
    reason = report.reason.replace("\x00", "")
    stored = stored.configured(config, change.now, change.received_at, disabled_reason=reason)
    await endpoints.write(change, stored, "endpoint.disabled")
    await change.close()
