from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints


def rfc3339(moment: datetime) -> str:
    """UTC, microseconds, `Z`: one spelling for every instant on the wire, so that equal instants are equal bytes."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies beyond the calendar") from None


Instant = Annotated[
    AwareDatetime,
    AfterValidator(_in_utc),
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,128}$")]
"""Ids that stand in routes: customers, endpoints, keys."""
SenderId = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,128}$")]
"""The sender's own id of an event: printable, at most 128 characters."""
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Kilograms = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]

EndUse = Literal["civil", "defence", "dual_use", "unknown"]
Band = Literal["low", "guarded", "elevated", "high", "severe"]
Severity = Literal["info", "warning", "high", "critical"]


class Strict(BaseModel):
    """What people send: an unknown field is an error that names it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Wire(BaseModel):
    """What services send each other: a reader older than the writer skips fields that it does not know."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def to_json(record: BaseModel) -> bytes:
    """The one encoding of every record: fields that are absent are left out."""
    return record.__pydantic_serializer__.to_json(record, exclude_none=True, by_alias=True)
