"""What a dead letter says of a record that is none: all that is wrong, where, and nothing of what was sent."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.contracts.customers import ProfileRecord
from shared.contracts.deliveries import Command
from shared.kafka.record import DeadLetter


def refused(record: dict[str, Any] | str) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        ProfileRecord.model_validate(record)
    return caught.value


def test_every_fault_with_its_place() -> None:
    letter = DeadLetter.of(refused({"customer_id": 1, "profile": {"name": "Acme"}}), "profile")
    assert letter.stage == "decode"
    assert letter.reason == (
        "no profile: customer_id: Input should be a valid string; version: Field required; "
        "profile.destination: Field required"
    )


def test_nothing_of_what_was_sent() -> None:
    letter = DeadLetter.of(refused("a confidential text"), "profile")
    assert letter.reason.startswith("no profile: record: ")
    assert "confidential" not in letter.reason
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Command).validate_python({"kind": "confidential"})
    assert "confidential" not in DeadLetter.of(caught.value, "command").reason
