"""What an alert is about, and the ids that follow from it: the same in every replay."""

import hashlib
from typing import Literal
from uuid import UUID

CauseKind = Literal["measure", "story", "licence", "material"]
_ALERTS = UUID("6f0c1e0e-6c6b-5f0e-9d5e-4b1d3f1f5a01")
_HASHED = hashlib.sha1(_ALERTS.bytes, usedforsecurity=False)
_VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}


def cause(kind: CauseKind, ref: str) -> str:
    return f"{kind}/{ref}"


def kind_of(of: str) -> str:
    return of.split("/", 1)[0]


def ref_of(of: str) -> str:
    return of.split("/", 1)[1]


def alert_id(customer_id: str, of: str) -> str:
    return _uuid5(f"{customer_id}/{of}")


def message_id(record_id: str, about: str) -> str:
    """`about` is the alert and its revision, or for operators the measure: a correction keeps the id of the record that
    it corrects, and what it says is another message."""
    return _uuid5(f"{record_id}/{about}")


def _uuid5(name: str) -> str:
    """As `uuid.uuid5` has it, in a fraction of the time: one change makes a hundred thousand of them."""
    hashed = _HASHED.copy()
    hashed.update(name.encode())
    digits = hashed.hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-{_VARIANT[digits[16]]}{digits[17:20]}-{digits[20:32]}"
