"""What an alert is about, and the ids that follow from it: the same in every replay."""

from typing import Literal
from uuid import UUID, uuid5

CauseKind = Literal["measure", "story", "licence", "material"]
_ALERTS = UUID("6f0c1e0e-6c6b-5f0e-9d5e-4b1d3f1f5a01")


def cause(kind: CauseKind, ref: str) -> str:
    return f"{kind}/{ref}"


def kind_of(of: str) -> str:
    return of.split("/", 1)[0]


def ref_of(of: str) -> str:
    return of.split("/", 1)[1]


def alert_id(customer_id: str, of: str) -> str:
    return str(uuid5(_ALERTS, f"{customer_id}/{of}"))


def message_id(record_id: str, about: str) -> str:
    """`about` is the alert and its revision, or for operators the measure: a correction keeps the id of the record that
    it corrects, and what it says is another message."""
    return str(uuid5(_ALERTS, f"{record_id}/{about}"))
