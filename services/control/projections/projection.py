from typing import Protocol, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kafka.record import DeadLetter, Incoming

Record = TypeVar("Record", bound=BaseModel)


class Projection(Protocol):
    """What one topic becomes in the database. Records are taken in their order and written a batch at a time, in one
    transaction with the offsets: each counts once, though a writer that says a thing twice is met here too."""

    def take(self, record: Incoming) -> None:
        """:raises DeadLetter: the record cannot be understood; nothing was taken."""

    async def write(self, connection: AsyncConnection) -> None:
        """Everything taken since the last time."""


def read(model: type[Record], value: bytes) -> Record:
    """:raises DeadLetter"""
    try:
        return model.model_validate_json(value)
    except ValidationError as error:
        raise DeadLetter.of(error, model.__name__) from None


def caused_by(record: Incoming) -> str | None:
    """What the scorer was told when it wrote this, as the schema of that record."""
    return next((value.decode() for name, value in record.headers if name == "caused-by"), None)
