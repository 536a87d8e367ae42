"""docs/payloads/1 holds what receivers were written against: fields are added to it, none is taken away."""

from typing import get_args

import pytest

from shared.contracts.alerts import SCHEMA_VERSION, MessageType
from tests.unit.docs.payloads import made, pinned, shape

PINNED, MADE = pinned(), made()


def test_there_is_a_sample_of_every_type() -> None:
    assert PINNED.keys() == MADE.keys() == set(get_args(MessageType))


@pytest.mark.parametrize("kind", PINNED)
def test_no_field_of_a_sample_is_gone_or_of_another_type(kind: str) -> None:
    assert PINNED[kind]["schema_version"] == SCHEMA_VERSION
    assert shape(PINNED[kind]) <= shape(MADE[kind]), "count schema_version up, or bring it back"


@pytest.mark.parametrize("kind", PINNED)
def test_a_field_that_was_added_stands_in_the_sample(kind: str) -> None:
    assert shape(MADE[kind]) <= shape(PINNED[kind]), "python -m tests.unit.docs.payloads writes it"


def test_a_shape_tells_a_field_gone_and_a_type_changed() -> None:
    whole = {"a": 1, "b": [{"c": "x"}, {"d": None}]}
    assert shape({"a": 1, "b": [{"c": "x"}]}) < shape(whole)
    assert not shape({"a": "1"}) <= shape(whole)
    assert ("b[].c", "string") in shape(whole)
