"""Who is a customer, as the topic `customers` tells it."""

import pytest

from services.ingest.customers import follow_customers
from services.ingest.settings import IngestSettings
from shared.contracts.base import to_json
from shared.contracts.customers import CustomerProfile, ProfileRecord

PROFILE = CustomerProfile(name="Acme", destination="DE")


def record(profile: CustomerProfile | None) -> bytes:
    return to_json(ProfileRecord(customer_id="acme", version=1, profile=profile))


async def test_put_and_deleted() -> None:
    known, table = follow_customers(IngestSettings())
    assert known.unready() == "reading topic customers"
    table.apply("acme", record(PROFILE))
    assert "acme" in known
    table.apply("acme", record(None))
    assert "acme" not in known
    table.apply("acme", record(PROFILE))
    table.apply("acme", None)
    assert "acme" not in known


@pytest.mark.parametrize("value", [b"", b"{", b"[]", b"1", b"{}"])
async def test_a_record_that_cannot_be_read_is_no_customer(value: bytes) -> None:
    known, table = follow_customers(IngestSettings())
    table.apply("acme", value)
    assert "acme" not in known
