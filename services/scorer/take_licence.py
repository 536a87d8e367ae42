"""A customer's own licence cases: applications start the clock, decisions are told."""

from services.scorer.licence_days import bring_up_to_date, day_of, is_known, overdue_at
from services.scorer.observe import note, seen
from services.scorer.state import State
from services.scorer.turn import Notice, Turn
from shared.catalog.hs import materials_of
from shared.contracts.base import rfc3339
from shared.contracts.events import LicenceApplication, LicenceDecision
from shared.domain.alerts import own_business, severity
from shared.domain.alerts.causes import cause
from shared.domain.alerts.own_business import Case, Decision
from shared.domain.alerts.telling import Telling

_CLOSING = {"granted", "withdrawn", "expired"}


def take_application(state: State, turn: Turn, event: LicenceApplication) -> None:
    customer = state.portfolio.find(event.customer_id)
    if customer is None:
        return
    before = seen(state, customer, event.licence_ref)
    _file(state, turn, customer, event)
    note(state, turn, before, seen(state, customer, event.licence_ref))


def _file(state: State, turn: Turn, customer: int, event: LicenceApplication) -> None:
    case = state.cases.setdefault(customer, {}).setdefault(event.licence_ref, Case())
    applied_at = rfc3339(event.submitted_at)
    if applied_at < case.applied_at and case.filed_as != turn.record_id:
        return  # an older application came late
    case.material = event.material or _by_code(state, customer, event.hs_code) or case.material
    case.origin, case.destination, case.end_use = event.origin, event.destination, event.end_use
    case.applied_at, case.filed_as = applied_at, turn.record_id
    expect(state, customer, event.licence_ref, case)


def expect(state: State, customer: int, ref: str, case: Case) -> None:
    """When nine in ten such cases are decided, this one is overdue."""
    at = overdue_at(state, case)
    if case.overdue_at != at:
        case.overdue_at = at
        state.due(at, "case", customer, ref)


def expect_anew(state: State) -> None:
    """Of pending cases, where cases like them say when."""
    for at, what, customer, ref in list(state.clocks):
        case = state.cases.get(customer, {}).get(ref) if what == "case" else None
        if case is not None and case.pending and case.overdue_at == at and is_known(state, case):
            expect(state, customer, ref, case)


def _by_code(state: State, customer: int, hs_code: str | None) -> str | None:
    """A code may stand for several materials: the first that the customer buys, else the first."""
    meant = sorted(materials_of(hs_code)) if hs_code else []
    return next((slug for slug in meant if state.portfolio.row_of(customer, slug) is not None), next(iter(meant), None))


def take_decision(state: State, turn: Turn, event: LicenceDecision) -> None:
    customer = state.portfolio.find(event.customer_id)
    if customer is None:
        return
    before = seen(state, customer, event.licence_ref)
    _decide(state, turn, customer, event)
    note(state, turn, before, seen(state, customer, event.licence_ref))


def _decide(state: State, turn: Turn, customer: int, event: LicenceDecision) -> None:
    case = state.cases.setdefault(customer, {}).setdefault(event.licence_ref, Case())
    before, bought_before = case.newest(), case.material
    given = _decision(event)
    material = event.material or case.material
    if given in case.decisions.values() and material == bought_before:
        return
    is_correction = turn.record_id in case.decisions or (before is not None and before.at == given.at)
    case.put(turn.record_id, given)
    newest = case.newest()
    if newest is None or (newest is not given and newest == before):
        return  # an older decision came late
    case.material = material
    rows = _rows(state, customer, material, bought_before if before else None)
    for row in rows:
        _remember(state, customer, row, newest, is_first=before is None)
    turn.notify(
        Notice(
            customer=customer,
            cause=cause("licence", event.licence_ref),
            kind="licence",
            severity=severity.of_decision(newest.decision),
            telling=_telling(event.licence_ref, case, before, is_correction=is_correction),
            rows=rows,
            materials=(material,) if material else (),
            closes=newest.decision in _CLOSING,
        )
    )


def _decision(event: LicenceDecision) -> Decision:
    until = event.valid_until.isoformat() if event.valid_until else ""
    return Decision(event.decision, rfc3339(event.decided_at), until, event.source.name)


def _rows(state: State, customer: int, *materials: str | None) -> list[int]:
    found = [state.portfolio.row_of(customer, material) for material in dict.fromkeys(materials) if material]
    return [row for row in found if row is not None]


def _telling(ref: str, case: Case, before: Decision | None, *, is_correction: bool) -> Telling:
    if before is None or not is_correction:
        return own_business.of_case(ref, case)
    return own_business.of_corrected_case(ref, case, before)


def _remember(state: State, customer: int, row: int, newest: Decision, *, is_first: bool) -> None:
    """The first decision of a case can only add to the columns; a later one may take its own earlier one back."""
    columns = {"denied": state.portfolio.exposures.denied_on, "granted": state.portfolio.exposures.granted_on}
    if not is_first:
        bring_up_to_date(state, customer, row)
    elif newest.decision in columns:
        column = columns[newest.decision]
        column[row] = max(int(column[row]), day_of(newest.at))
