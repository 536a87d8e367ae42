"""Whatever is sent, something sensible is said; and both ways in say the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import orjson
from hypothesis import given
from hypothesis import strategies as st

from services.ingest import checking
from services.ingest.checking import Rejected, Valid, check
from shared.contracts.keys import EVERY_SCOPE, KeyRecord
from tests.unit.ingest.events import GOOD, Json

OPERATOR = KeyRecord(id="k", name="k", sha256="", scopes=EVERY_SCOPE)
CUSTOMERS = {"acme"}
MOMENTS = ["2025-11-10T00:00:00Z", "2025-11-10t00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z"]
DAYS = ["2025-02-29", "2024-02-29", "0001-01-01", "9999-12-31", "2025-11-10T00:00:00", "1762732800", "20251110"]
WORDS = [
    "Tb",
    "terbium",
    "NdPr",
    "cn",
    "CN",
    "EU",
    "*",
    "USD",
    "t",
    "CN-MOFCOM",
    "2805.30",
    "2025-12",
    "9999",
    "acme",
    "",
]

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from([*MOMENTS, *DAYS, *WORDS]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = sorted({name for event in GOOD for name in event} | {"body", "hs_code", "supplier", "url", "language"})


@st.composite
def mutilated(draw: st.DrawFn) -> Json:
    """A good event with some fields changed, and some taken away."""
    event = dict(draw(st.sampled_from(GOOD)))
    for name in draw(st.lists(st.sampled_from(FIELDS), max_size=4)):
        event[name] = draw(values)
    for name in draw(st.lists(st.sampled_from(FIELDS), max_size=1)):
        event.pop(name, None)
    return event


@contextmanager
def only_the_long_way() -> Iterator[None]:
    with patch.object(checking, "read_canonical", return_value=None):
        yield


@given(mutilated() | values)
def test_every_event_is_checked_and_both_ways_agree(event: object) -> None:
    text = orjson.dumps(event)
    verdict = check(text, OPERATOR, CUSTOMERS)
    with only_the_long_way():
        assert check(text, OPERATOR, CUSTOMERS) == verdict
    if isinstance(verdict, Valid):
        assert check(verdict.record, OPERATOR, CUSTOMERS) == verdict._replace(id_given=True)
    else:
        assert verdict.errors
        assert all(error["message"] for error in verdict.errors)


@given(st.sampled_from(GOOD), st.data())
def test_no_bytes_are_too_odd_to_be_refused(event: Json, data: st.DataObject) -> None:
    text = bytearray(orjson.dumps(event))
    for _ in range(data.draw(st.integers(1, 3))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(check(bytes(text), OPERATOR, CUSTOMERS), Rejected | Valid)
