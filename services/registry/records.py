"""What stands on `world`, and the two headers of the registry's own."""

from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from shared.contracts.changes import Tick
from shared.contracts.events import ListChange, MeasureChange, Price, TradeFlow
from shared.contracts.licences import Observation
from shared.contracts.measures import Override
from shared.contracts.reviews import Review
from shared.contracts.signals import Judgement
from shared.kafka.record import DeadLetter, Headers

SEED_HEADER = "seed"
"""Which line of the timeline a record is."""
CATCHING_UP_HEADER = "catching-up-to"
"""The end of the jump that such a line was passed in; ticks say it in their body."""

Fact = Annotated[
    MeasureChange | ListChange | Price | TradeFlow | Judgement | Override | Review | Observation | Tick,
    Field(discriminator="kind"),
]
_FACT: TypeAdapter[Fact] = TypeAdapter(Fact)


def parse(value: bytes | None) -> Fact:
    """:raises DeadLetter: it is none of these."""
    if value is None:
        raise DeadLetter("a record without a value: nothing on this topic is deleted")
    try:
        return _FACT.validate_json(value)
    except ValidationError as error:
        raise DeadLetter.of(error, "fact") from None


def read_notes(headers: Headers) -> dict[str, str]:
    return {name: value.decode() for name, value in headers if name in (SEED_HEADER, CATCHING_UP_HEADER)}
