"""Licence cases without names, for the registry's book: written whenever one stands otherwise than before.

What the customer's records leave open is settled here: a case of no known filing or material is none; a decision that
is dated before the newest application belongs to an earlier filing; a grant counts before a denial, the first of them
before any later one; who leaves withdraws what is pending."""

import hashlib
from datetime import UTC, date, datetime, timedelta

from services.scorer.state import State
from services.scorer.turn import Turn
from shared.catalog import countries
from shared.contracts.licences import Observation, Outcome
from shared.domain.alerts.own_business import Case, Decision

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def seen(state: State, customer: int, ref: str) -> Observation | None:
    """As it stands, without its number."""
    case = state.cases.get(customer, {}).get(ref)
    if case is None or not case.applied_at or not case.material:
        return None
    ending = _ending(case)
    return Observation(
        partition=state.partition,
        number=0,
        case=hashlib.blake2b(f"{state.partition}/{customer}/{ref}".encode(), digest_size=8).hexdigest(),
        customer=f"{state.partition}/{customer}",
        origin=case.origin,
        material=case.material,
        destination=case.destination,
        end_use=case.end_use,
        filed_on=_day(case.applied_at, case.origin),
        outcome=ending.decision if ending else None,
        ended_on=_day(ending.at, case.origin) if ending else None,
    )


def note(state: State, turn: Turn, before: Observation | None, after: Observation | None) -> None:
    if after is not None and after != before:
        state.observed += 1
        turn.observations.append(after.model_copy(update={"number": state.observed}))


def note_leaving(state: State, turn: Turn, customer: int) -> None:
    left_at = _EPOCH + timedelta(microseconds=turn.at_us)
    for ref in state.cases.get(customer, {}):
        pending = seen(state, customer, ref)
        if pending is not None and pending.outcome is None:
            ended_on = max(left_at.astimezone(countries.zone(pending.origin)).date(), pending.filed_on)
            note(state, turn, pending, pending.model_copy(update={"outcome": "withdrawn", "ended_on": ended_on}))


def _ending(case: Case) -> Decision | None:
    since = sorted((each for each in case.decisions.values() if each.at >= case.applied_at), key=lambda each: each.at)
    weighty: tuple[Outcome, Outcome] = ("granted", "denied")
    firsts = (next((each for each in since if each.decision == outcome), None) for outcome in weighty)
    return next(filter(None, firsts), since[-1] if since else None)


def _day(instant: str, issuer: str) -> date:
    return datetime.fromisoformat(instant).astimezone(countries.zone(issuer)).date()
