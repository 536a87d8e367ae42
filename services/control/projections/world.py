"""`world` → what was accepted and judged, so that its way can be told. Ticks are not kept: their ids say all."""

from typing import Annotated, Any

import orjson
from pydantic import Field, TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.projections.bulk import Line, insert_new, write
from services.control.tables import facts
from shared.contracts.events import ListChange, MeasureChange, Price, TradeFlow
from shared.contracts.measures import Override
from shared.contracts.reviews import Review
from shared.contracts.signals import Judgement
from shared.kafka.record import DeadLetter, Incoming, Stamp

_FACT: TypeAdapter[Any] = TypeAdapter(
    Annotated[
        MeasureChange | ListChange | Price | TradeFlow | Judgement | Override | Review, Field(discriminator="kind")
    ]
)
_WRITE = insert_new(facts, ("event_id", "position", "kind", "accepted_at", "received_at", "quiet", "record"))
_LEFT_OUT = {"fingerprints", "signals"}
"""Of a judgement: the registry says the signals again, with their stories."""


class WorldProjection:
    def __init__(self) -> None:
        self._facts: list[Line] = []

    def take(self, record: Incoming) -> None:
        try:
            stamp = Stamp.read(record.headers)
            if stamp.schema.startswith("tick/"):
                return
            fact = _FACT.validate_json(record.value or b"")
        except (DeadLetter, ValidationError):
            return  # the registry sets it aside
        self._facts.append(
            {
                "event_id": stamp.event_id,
                "position": record.offset,
                "kind": "news" if isinstance(fact, Judgement) else fact.kind,
                "accepted_at": stamp.accepted_at,
                "received_at": stamp.received_at,
                "quiet": stamp.quiet,
                "record": orjson.dumps(_kept(orjson.loads(record.value or b""))).decode(),
            }
        )

    async def write(self, connection: AsyncConnection) -> None:
        taken, self._facts = self._facts, []
        await write(connection, _WRITE, taken)


def _kept(fact: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fact.items() if name not in _LEFT_OUT}
