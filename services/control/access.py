"""Whose is it? A key bound to a customer sees that customer only; of anything else it does not learn that it exists."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Path, Request, Security
from fastapi.security import HTTPBearer

from shared.contracts.base import Identifier
from shared.contracts.keys import KeyRecord
from shared.http.auth import demand, key_of
from shared.http.problems import Problem

Id = Annotated[Identifier, Path()]
MadeId = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""An id that another service has made."""


def not_found(what: str, name: str) -> Problem:
    return Problem(404, f"there is no {what} {name}")


def sees(key: KeyRecord, customer_id: str | None) -> bool:
    return key.customer_id is None or key.customer_id == customer_id


def only_own(key: KeyRecord, customer_id: str | None) -> None:
    """:raises Problem: 404, for a customer that is not the key's."""
    if customer_id is not None and not sees(key, customer_id):
        raise not_found("customer", customer_id)


def either(scope: str, other: str) -> Callable[..., Awaitable[KeyRecord]]:
    """A dependency, where one of two scopes is enough."""

    async def key(request: Request, _: Annotated[object, Security(HTTPBearer(auto_error=False))]) -> KeyRecord:
        found = key_of(request.scope)
        demand(found, other if other in found.scopes else scope, request.method)
        return found

    return key
