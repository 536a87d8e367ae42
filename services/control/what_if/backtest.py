"""`POST /backtest`: what would a customer have been told? Nothing of it is stored."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Annotated, Self, get_args

from fastapi import APIRouter, Depends, Response
from pydantic import model_validator
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.access import not_found, only_own
from services.control.customers.profile import checked
from services.control.customers.store import find
from services.control.materials import slug
from services.control.state import InControl
from services.control.tables import measures, signals
from services.control.what_if.past import Heard, changes_since
from services.control.what_if.peers import ask_a_scorer
from services.control.what_if.supposing import SUPPOSED
from shared.contracts.alerts import AlertType, Message
from shared.contracts.base import Identifier, Severity, Strict, to_json
from shared.contracts.customers import CustomerProfile
from shared.contracts.keys import KeyRecord
from shared.contracts.measures import MeasureRecord
from shared.contracts.questions import MOST_TOLD, Backtest, Past
from shared.contracts.signals import Signal
from shared.domain.delivery.matching import SEVERITIES, Interest, reach
from shared.http.auth import require
from shared.http.problems import dotted, invalid, problem_responses

router = APIRouter(tags=["what if"])
Key = Annotated[KeyRecord, Depends(require("simulate"))]
LONGEST_PAST_DAYS = 3_660


class Policy(Strict):
    """Of an endpoint that might have been."""

    min_severity: Severity = "warning"
    event_types: tuple[AlertType, ...] = get_args(AlertType)
    materials: tuple[str, ...] = ()


class BacktestRequest(Strict):
    """Of a customer, or of one that might be."""

    customer_id: Identifier | None = None
    profile: CustomerProfile | None = None
    policy: Policy = Policy()
    since: datetime | date

    @model_validator(mode="after")
    def names_one(self) -> Self:
        if (self.customer_id is None) == (self.profile is None):
            raise ValueError("give customer_id, or the profile of a customer that might be")
        return self


@router.post("/backtest", response_model=Backtest, responses=problem_responses(404, 422, 503))
async def backtest(control: InControl, key: Key, request: BacktestRequest) -> Response:
    """The alerts that an endpoint with this policy would have been sent since then, with the profile as it is today:
    by every act and clock, and by the news that is still kept. Stock reports and licence cases are left out, and each
    alert counts as acknowledged at once: there are no reminders."""
    only_own(key, request.customer_id)
    now = control.clock.now()
    since = _since(request.since, now)
    interest = _interest(request.policy)
    async with control.engine.connect() as connection:
        profile = await _profile(connection, request)
        records = await _records(connection)
        heard = await _heard(connection, since)
    changes = await asyncio.to_thread(changes_since, records, heard, since, now)
    past = Past(customer_id=request.customer_id or SUPPOSED, profile=profile, changes=changes)
    told = await ask_a_scorer(control.settings.scorer_url, past)
    sent = [message.body for message in told.items if interest.wants(_Subject.of(message))]
    answer = Backtest(items=tuple(sent[:MOST_TOLD]), count=len(sent))
    return Response(to_json(answer), media_type="application/json")


def _since(said: datetime | date, now: datetime) -> datetime:
    """:raises Problem: 422, where it is no past that could be gone through."""
    since = said if isinstance(said, datetime) else datetime.combine(said, time.min)
    since = since if since.tzinfo else since.replace(tzinfo=UTC)
    days = (now - since).days
    if since >= now or days > LONGEST_PAST_DAYS:
        told = f"must lie in the past, {LONGEST_PAST_DAYS:,} days at most before {now:%Y-%m-%d}"
        raise invalid([{"loc": "body.since", "message": told}])
    return since.astimezone(UTC)


async def _profile(connection: AsyncConnection, request: BacktestRequest) -> CustomerProfile:
    if request.profile is not None:
        return checked(request.profile, "body.profile")
    customer = await find(connection, request.customer_id or "")
    if customer is None:
        raise not_found("customer", request.customer_id or "")
    return customer


async def _heard(connection: AsyncConnection, since: datetime) -> list[Heard]:
    statement = (
        select(signals.c.accepted_at, signals.c.record)
        .where(signals.c.accepted_at > since)
        .order_by(signals.c.accepted_at, signals.c.id)
    )
    rows = await connection.execute(statement)
    heard = [(row.accepted_at, Signal.model_validate_json(row.record)) for row in rows]
    return [(at, signal) for at, signal in heard if not (signal.review and signal.review.verdict == "rejected")]


async def _records(connection: AsyncConnection) -> list[MeasureRecord]:
    return [MeasureRecord.model_validate_json(row) for row in await connection.scalars(select(measures.c.record))]


def _interest(policy: Policy) -> Interest:
    """That of an endpoint which asks for this.

    :raises Problem: 422, for a material that nobody knows.
    """
    slugs = tuple(slug(name, dotted("body.policy.materials", at)) for at, name in enumerate(policy.materials))
    return Interest(
        customer_id=None,
        types=frozenset(policy.event_types),
        min_severity=SEVERITIES.index(policy.min_severity),
        materials=reach(slugs) if slugs else None,
        since=datetime.min.replace(tzinfo=UTC),
    )


@dataclass(frozen=True, slots=True)
class _Subject:
    type: str
    customer_id: str | None
    severity: Severity | None
    materials: tuple[str, ...]
    accepted_at: datetime

    @classmethod
    def of(cls, message: Message) -> "_Subject":
        body = message.body
        return cls(body.type, message.customer_id, message.severity, message.materials, body.timestamp)
