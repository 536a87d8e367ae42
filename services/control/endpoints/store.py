from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.access import not_found, sees
from services.control.change import Change
from services.control.endpoints.headers import Sealed, masked
from services.control.endpoints.secret import public_keys
from services.control.paging import Asked
from services.control.tables import endpoints
from shared.clock import real_now
from shared.contracts.base import to_json
from shared.contracts.endpoints import Circuit, Endpoint, EndpointConfig, EndpointRecord, SealedSecret
from shared.contracts.keys import KeyRecord
from shared.kafka import topics

_secrets = TypeAdapter(tuple[SealedSecret, ...])
_headers = TypeAdapter(Sealed)

CLOSED = Circuit()


@dataclass(frozen=True, slots=True)
class Stored:
    """`enabled_at` is real time: what the dispatcher reported of the time before it is past."""

    record: EndpointRecord
    updated_at: datetime
    enabled_at: datetime
    disabled_reason: str | None = None
    circuit: Circuit = CLOSED

    @property
    def config(self) -> EndpointConfig:
        return self.record.config

    @property
    def shown(self) -> EndpointConfig:
        return self.config.model_copy(update={"headers": masked(self.record)})

    @property
    def resource(self) -> Endpoint:
        return Endpoint(
            **dict(self.shown),
            id=self.record.id,
            created_at=self.record.created_at,
            updated_at=self.updated_at,
            disabled_reason=self.disabled_reason,
            circuit=as_of(self.circuit, real_now()),
            public_keys=self._public_keys(),
        )

    def _public_keys(self) -> tuple[str, ...]:
        if self.config.signature != "v1a":
            return ()
        return tuple(one.public_key or "" for one in public_keys(self.record.secrets, real_now()))

    def configured(
        self,
        config: EndpointConfig,
        now: datetime,
        real: datetime,
        disabled_reason: str | None = None,
        *,
        anew: bool = False,
    ) -> "Stored":
        """`anew`: it is enabled, even if we took it to be so."""
        switched_on = config.enabled and (anew or not self.config.enabled)
        return replace(
            self,
            record=self.record.model_copy(update={"config": config, "version": self.record.version + 1}),
            updated_at=now,
            enabled_at=real if switched_on else self.enabled_at,
            disabled_reason=None if config.enabled else disabled_reason or self.disabled_reason,
            circuit=CLOSED if switched_on else self.circuit,
        )

    def resealed(self, secrets: tuple[SealedSecret, ...], headers: Sealed) -> "Stored":
        """The same secrets under another key are no new version: nothing that was disabled is enabled by it."""
        config = self.config.model_copy(update={"headers": {}})
        update = {"config": config, "secrets": secrets, "sealed_headers": headers}
        return replace(self, record=self.record.model_copy(update=update))

    def with_secrets(self, sealed: tuple[SealedSecret, ...], now: datetime) -> "Stored":
        record = self.record.model_copy(update={"secrets": sealed, "version": self.record.version + 1})
        return replace(self, record=record, updated_at=now)


def first_version(real: datetime) -> int:
    """Later than any version of one that was deleted under its id: what was said of that one is not of this one."""
    return int(real.timestamp() * 1e6)


async def read(connection: AsyncConnection, endpoint_id: str) -> Stored | None:
    row = (await connection.execute(select(endpoints).where(endpoints.c.id == endpoint_id))).one_or_none()
    return stored_of(row) if row else None


async def exists(connection: AsyncConnection, endpoint_id: str) -> bool:
    return await read(connection, endpoint_id) is not None


async def find(connection: AsyncConnection, key: KeyRecord, endpoint_id: str) -> Stored:
    """:raises Problem: 404, where there is none or it is not the key's to see."""
    stored = await read(connection, endpoint_id)
    if stored is None or not sees(key, stored.config.customer_id):
        raise not_found("endpoint", endpoint_id)
    return stored


async def find_locked(change: Change, endpoint_id: str) -> Stored:
    await change.lock(f"endpoint/{endpoint_id}")
    return await find(change.connection, change.by, endpoint_id)


async def rows(connection: AsyncConnection, customer_id: str | None, asked: Asked) -> Sequence[Row[Any]]:
    statement = select(endpoints)
    if customer_id is not None:
        statement = statement.where(endpoints.c.customer_id == customer_id)
    return await asked.rows(connection, statement, endpoints.c.id)


async def write(change: Change, stored: Stored, action: str) -> None:
    record = stored.record.model_copy(update={"enabled_at": stored.enabled_at})
    row = {
        "customer_id": record.config.customer_id,
        "version": record.version,
        "config": to_json(record.config).decode(),
        "secrets": _secrets.dump_json(record.secrets, exclude_none=True).decode(),
        "sealed_headers": _headers.dump_json(record.sealed_headers).decode(),
        "created_at": record.created_at,
        "updated_at": stored.updated_at,
        "enabled_at": stored.enabled_at,
        "disabled_reason": stored.disabled_reason,
        "circuit": to_json(stored.circuit).decode(),
    }
    statement = insert(endpoints).values(id=record.id, **row)
    await change.connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))
    change.tell(topics.ENDPOINTS, record.id, record, f"endpoint/{record.id}/{record.version}", "endpoint/1")
    await change.note(action, record.id, record.config.customer_id)


def as_of(circuit: Circuit, now: datetime) -> Circuit:
    """`now` is real time. The dispatcher tells when it opens and closes; what comes in between is a matter of time."""
    waits = circuit.state == "open" and circuit.trial_at is not None and circuit.trial_at <= now
    return circuit.model_copy(update={"state": "half_open"}) if waits else circuit


async def turn(connection: AsyncConnection, endpoint_id: str, circuit: Circuit, at: datetime) -> None:
    """No change of the endpoint: nobody is told, no version comes of it. What was before it was enabled is past."""
    current = (endpoints.c.id == endpoint_id) & (endpoints.c.enabled_at <= at)
    await connection.execute(update(endpoints).where(current).values(circuit=to_json(circuit).decode()))


async def remove(change: Change, stored: Stored) -> None:
    record = stored.record
    await change.connection.execute(delete(endpoints).where(endpoints.c.id == record.id))
    change.tell(topics.ENDPOINTS, record.id, None, f"endpoint/{record.id}/{record.version + 1}", "endpoint/1")
    await change.note("endpoint.deleted", record.id, record.config.customer_id)


def read_secrets(stored: str) -> tuple[SealedSecret, ...]:
    return _secrets.validate_json(stored)


def stored_of(row: Row[Any]) -> Stored:
    record = EndpointRecord(
        id=row.id,
        version=row.version,
        config=EndpointConfig.model_validate_json(row.config),
        created_at=row.created_at,
        secrets=read_secrets(row.secrets),
        sealed_headers=_headers.validate_json(row.sealed_headers) if row.sealed_headers else {},
    )
    circuit = Circuit.model_validate_json(row.circuit) if row.circuit else CLOSED
    return Stored(record, row.updated_at, row.enabled_at, row.disabled_reason, circuit)
