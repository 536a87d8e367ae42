"""Fields that are absent are left out of a record: so each that may be absent must be readable where it is left out."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from types import NoneType
from typing import get_args

import pytest
from pydantic import BaseModel

import shared.contracts
from shared.contracts.base import to_json
from shared.contracts.customers import ProfileRecord
from shared.contracts.signals import Signal
from tests.unit.judgement.texts import read


def records() -> Iterator[type[BaseModel]]:
    for module in pkgutil.iter_modules(shared.contracts.__path__):
        for found in vars(importlib.import_module(f"shared.contracts.{module.name}")).values():
            if isinstance(found, type) and issubclass(found, BaseModel):
                yield found


@pytest.mark.parametrize("record", sorted(set(records()), key=repr))
def test_what_may_be_absent_has_a_default(record: type[BaseModel]) -> None:
    nullable = {name for name, field in record.model_fields.items() if NoneType in get_args(field.annotation)}
    required = {name for name, field in record.model_fields.items() if field.is_required()}
    assert nullable & required == set()


def test_a_deleted_customer_survives_the_wire() -> None:
    deleted = ProfileRecord(customer_id="acme", version=3, profile=None)
    assert ProfileRecord.model_validate_json(to_json(deleted)) == deleted


def test_a_signal_has_every_field_of_the_contract_that_may_not_be_absent() -> None:
    fire = read("Gallium", "A fire halted production at a gallium refinery in Stade on Sunday, the operator said.")
    placed = fire.model_copy(update={"story_id": "story", "novelty": "new"})
    told = json.loads(to_json(placed))
    assert told["issuer"] is None
    may_be_absent = {"effective_on", "expires_on", "occurred_on", "url", "review"}
    assert told.keys() >= Signal.model_fields.keys() - may_be_absent
    assert told.keys().isdisjoint(["effective_on", "expires_on", "url"])
    assert Signal.model_validate(told) == placed
