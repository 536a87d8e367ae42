from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, Text, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.change import Change
from services.control.paging import Asked
from services.control.projections.bulk import Line, insert_or_update, write
from services.control.tables import customers
from shared.contracts.base import to_json
from shared.contracts.customers import Customer, CustomerProfile, ProfileRecord
from shared.contracts.keys import KeyRecord
from shared.kafka import topics

Baseline = Literal["quiet", "alert"]
CustomerRow = Row[Any]


_NAMES = ("id", "version", "profile", "created_at", "updated_at", "deleted")
_WRITE = insert_or_update(customers, _NAMES, change=_NAMES[1:])


@dataclass(frozen=True, slots=True)
class Put:
    customer: Customer
    outcome: Literal["created", "changed", "unchanged"]


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
    [put] = await put_all(change, {customer_id: profile}, baseline)
    return put


async def put_all(change: Change, profiles: Mapping[str, CustomerProfile], baseline: Baseline) -> list[Put]:
    known = await _locked(change, *profiles)
    puts = [_put(known.get(name), name, profile, change.now) for name, profile in profiles.items()]
    new = [put.customer for put in puts if put.outcome != "unchanged"]
    if new:
        lines = [_line(customer, to_json(profiles[customer.id]).decode()) for customer in new]
        await write(change.connection, _WRITE, lines)
        await change.note_all("customer.put", [(customer.id, customer.id) for customer in new])
    for customer in new:
        profile = profiles[customer.id]
        _tell(
            change,
            ProfileRecord(customer_id=customer.id, version=customer.version, baseline=baseline, profile=profile),
        )
    return puts


async def would_put(connection: AsyncConnection, profiles: Mapping[str, CustomerProfile], now: datetime) -> list[Put]:
    """What `put_all` would answer."""
    known = await _known(connection, profiles)
    return [_put(known.get(name), name, profile, now) for name, profile in profiles.items()]


async def with_products(connection: AsyncConnection, customer_ids: Iterable[str]) -> set[str]:
    holds = customers.c.profile.contains('"products":[{')  # within a text of the profile the quotes are escaped
    statement = _standing().with_only_columns(customers.c.id).where(_among(customer_ids), holds)
    return set((await connection.scalars(statement)).all())


async def delete(change: Change, customer_id: str) -> bool:
    """Whether there was one."""
    known = (await _locked(change, customer_id)).get(customer_id)
    if known is None or known.deleted:
        return False
    gone = resource(known).model_copy(update={"version": known.version + 1, "updated_at": change.now})
    await write(change.connection, _WRITE, [_line(gone, known.profile, deleted=True)])
    _tell(change, ProfileRecord(customer_id=customer_id, version=gone.version, profile=None))
    await change.note("customer.deleted", customer_id, customer_id)
    return True


def _standing() -> Select[Any]:
    return select(customers).where(~customers.c.deleted)


async def _locked(change: Change, *customer_ids: str) -> dict[str, CustomerRow]:
    await change.lock(*(f"customer/{customer_id}" for customer_id in customer_ids))
    return await _known(change.connection, customer_ids)


async def _known(connection: AsyncConnection, customer_ids: Iterable[str]) -> dict[str, CustomerRow]:
    rows = await connection.execute(select(customers).where(_among(customer_ids)))
    return {row.id: row for row in rows}


def _among(customer_ids: Iterable[str]) -> ColumnElement[bool]:
    """One parameter, however many they are: the database plans the statement once."""
    return customers.c.id == any_(literal([*customer_ids], ARRAY(Text)))


def _put(known: CustomerRow | None, customer_id: str, profile: CustomerProfile, now: datetime) -> Put:
    standing = known if known and not known.deleted else None
    if standing and CustomerProfile.model_validate_json(standing.profile) == profile:
        return Put(resource(standing), "unchanged")
    customer = Customer(
        **dict(profile),
        id=customer_id,
        version=known.version + 1 if known else 1,
        created_at=standing.created_at if standing else now,
        updated_at=now,
    )
    return Put(customer, "changed" if standing else "created")


def _line(customer: Customer, profile: str, *, deleted: bool = False) -> Line:
    return {
        "id": customer.id,
        "version": customer.version,
        "profile": profile,
        "created_at": customer.created_at,
        "updated_at": customer.updated_at,
        "deleted": deleted,
    }


def _tell(change: Change, record: ProfileRecord) -> None:
    customer_id, partition = record.customer_id, change.partition_of(record.customer_id)
    event_id = f"profile/{customer_id}/{record.version}"
    change.tell(topics.LEDGER, customer_id, record, event_id, "profile/1", partition)
    known = record if record.profile else None
    change.tell(topics.CUSTOMERS, customer_id, known, event_id, "profile/1")
