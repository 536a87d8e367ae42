"""A customer's own licence cases: applications start the clock, decisions are told."""

from services.scorer.licence_days import bring_up_to_date, day_of
from services.scorer.state import State
from services.scorer.turn import Notice, Turn
from shared.catalog.hs import materials_of
from shared.contracts.base import rfc3339
from shared.contracts.events import LicenceApplication, LicenceDecision
from shared.domain.alerts import own_business, severity
from shared.domain.alerts.alert import DAY_US
from shared.domain.alerts.causes import cause
from shared.domain.alerts.own_business import Case
from shared.domain.risk.leadtime import decision_p90

_CLOSING = {"granted", "withdrawn", "expired"}


def take_application(state: State, event: LicenceApplication) -> None:
    customer = state.portfolio.find(event.customer_id)
    if customer is None:
        return
    case = state.cases.setdefault(customer, {}).setdefault(event.licence_ref, Case())
    applied_at = rfc3339(event.submitted_at)
    case.material = event.material or _by_code(state, customer, event.hs_code) or case.material
    if case.applied_at != applied_at:
        case.applied_at = applied_at
        due = round(event.submitted_at.timestamp() * 1_000_000) + decision_p90(event.end_use) * DAY_US
        state.due(due, "case", customer, event.licence_ref)


def _by_code(state: State, customer: int, hs_code: str | None) -> str | None:
    """A code may stand for several materials: the first that the customer buys, else the first."""
    meant = sorted(materials_of(hs_code)) if hs_code else []
    return next((slug for slug in meant if state.portfolio.row_of(customer, slug) is not None), next(iter(meant), None))


def take_decision(state: State, turn: Turn, event: LicenceDecision) -> None:
    customer = state.portfolio.find(event.customer_id)
    if customer is None:
        return
    case = state.cases.setdefault(customer, {}).setdefault(event.licence_ref, Case())
    before = case.newest()
    entry = [rfc3339(event.decided_at), event.valid_until.isoformat() if event.valid_until else "", event.source.name]
    material = event.material or case.material
    if (case.decisions or {}).get(event.decision) == entry and material == case.material:
        return
    case.material, case.decisions = material, {**(case.decisions or {}), event.decision: entry}
    newest = case.newest()
    if newest is None or newest[:3] == (before or ())[:3]:
        return  # an older decision came late
    row = state.portfolio.row_of(customer, material) if material else None
    if row is not None:
        _remember(state, customer, row, newest, is_first=before is None)
    turn.notify(
        Notice(
            customer=customer,
            cause=cause("licence", event.licence_ref),
            kind="licence",
            severity=severity.of_decision(newest[0]),
            telling=own_business.of_case(event.licence_ref, case),
            rows=[] if row is None else [row],
            materials=(material,) if material else (),
            closes=newest[0] in _CLOSING,
        )
    )


def _remember(state: State, customer: int, row: int, newest: tuple[str, str, str, str], *, is_first: bool) -> None:
    """The first decision of a case can only add to the columns; a later one may take its own earlier one back."""
    columns = {"denied": state.portfolio.exposures.denied_on, "granted": state.portfolio.exposures.granted_on}
    if not is_first:
        bring_up_to_date(state, customer, row)
    elif newest[0] in columns:
        column = columns[newest[0]]
        column[row] = max(int(column[row]), day_of(newest[1]))
