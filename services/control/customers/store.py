from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Row, Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.change import Change
from services.control.paging import Asked
from services.control.tables import customers
from shared.contracts.base import to_json
from shared.contracts.customers import Customer, CustomerProfile, ProfileRecord
from shared.contracts.keys import KeyRecord
from shared.kafka import topics

Baseline = Literal["quiet", "alert"]
CustomerRow = Row[Any]


@dataclass(frozen=True, slots=True)
class Put:
    customer: Customer
    created: bool


async def find(connection: AsyncConnection, customer_id: str) -> Customer | None:
    row = (await connection.execute(_standing().where(customers.c.id == customer_id))).one_or_none()
    return resource(row) if row else None


async def exists(connection: AsyncConnection, customer_id: str) -> bool:
    statement = select(customers.c.id).where(customers.c.id == customer_id, ~customers.c.deleted)
    return (await connection.execute(statement)).one_or_none() is not None


async def rows(connection: AsyncConnection, key: KeyRecord, asked: Asked) -> Sequence[CustomerRow]:
    statement = _standing()
    if key.customer_id is not None:
        statement = statement.where(customers.c.id == key.customer_id)
    return await asked.rows(connection, statement, customers.c.id)


def resource(row: CustomerRow) -> Customer:
    profile = CustomerProfile.model_validate_json(row.profile)
    return Customer(
        **dict(profile), id=row.id, version=row.version, created_at=row.created_at, updated_at=row.updated_at
    )


async def put(change: Change, customer_id: str, profile: CustomerProfile, baseline: Baseline) -> Put:
    """The same profile again is no change; a deleted customer comes back under its next version."""
    known = await _locked(change, customer_id)
    standing = known if known and not known.deleted else None
    if standing and CustomerProfile.model_validate_json(standing.profile) == profile:
        return Put(resource(standing), created=False)
    customer = Customer(
        **dict(profile),
        id=customer_id,
        version=known.version + 1 if known else 1,
        created_at=standing.created_at if standing else change.now,
        updated_at=change.now,
    )
    await _write(change, customer, to_json(profile).decode())
    _tell(change, ProfileRecord(customer_id=customer_id, version=customer.version, baseline=baseline, profile=profile))
    await change.note("customer.put", customer_id, customer_id)
    return Put(customer, created=standing is None)


async def delete(change: Change, customer_id: str) -> bool:
    """Whether there was one."""
    known = await _locked(change, customer_id)
    if known is None or known.deleted:
        return False
    gone = resource(known).model_copy(update={"version": known.version + 1, "updated_at": change.now})
    await _write(change, gone, known.profile, deleted=True)
    _tell(change, ProfileRecord(customer_id=customer_id, version=gone.version, profile=None))
    await change.note("customer.deleted", customer_id, customer_id)
    return True


def _standing() -> Select[Any]:
    return select(customers).where(~customers.c.deleted)


async def _locked(change: Change, customer_id: str) -> CustomerRow | None:
    await change.lock(f"customer/{customer_id}")
    return (await change.connection.execute(select(customers).where(customers.c.id == customer_id))).one_or_none()


async def _write(change: Change, customer: Customer, profile: str, *, deleted: bool = False) -> None:
    row = {
        "version": customer.version,
        "profile": profile,
        "created_at": customer.created_at,
        "updated_at": customer.updated_at,
        "deleted": deleted,
    }
    statement = insert(customers).values(id=customer.id, **row)
    await change.connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))


def _tell(change: Change, record: ProfileRecord) -> None:
    customer_id, partition = record.customer_id, change.partition_of(record.customer_id)
    event_id = f"profile/{customer_id}/{record.version}"
    change.tell(topics.LEDGER, customer_id, record, event_id, "profile/1", partition)
    known = record if record.profile else None
    change.tell(topics.CUSTOMERS, customer_id, known, event_id, "profile/1")
