"""What an alert is about today, where nothing happened just now: for reminders, ends of silences, resolutions."""

from datetime import UTC, date, datetime

from services.scorer.state import State
from shared.catalog import countries
from shared.contracts.alerts import AlertKind
from shared.contracts.measures import Measure, Widening
from shared.domain.alerts import own_business, severity, telling
from shared.domain.alerts.alert import Alert
from shared.domain.alerts.causes import kind_of, ref_of
from shared.domain.alerts.telling import Telling
from shared.domain.risk.bands import BANDS, UNSCORED
from shared.domain.risk.scope import suppliers_named


def recall(state: State, customer: int, cause: str, kind: AlertKind) -> Telling:
    ref = ref_of(cause)
    match kind_of(cause):
        case "measure" if ref in state.world.measures:
            measure = state.world.measures[ref]
            named = suppliers_named(state.portfolio, measure, customer, state.portfolio.rows_of(customer))
            said = telling.of_end(measure, _today(state, measure)) if kind == "expiry" else None
            return telling.naming_suppliers(
                said or telling.of_measure(measure, _came_by(state, customer, cause)), named
            )
        case "story" if ref in state.stories:
            return state.stories[ref].telling
        case "licence" if ref in state.cases.get(customer, {}):
            case_of = state.cases[customer][ref]
            is_overdue = case_of.pending and case_of.overdue_at <= state.now
            return own_business.of_overdue(ref, case_of) if is_overdue else own_business.of_case(ref, case_of)
    return own_business.of_standing(ref, _band(state, customer, ref), own_business.instant(state.now))


def _came_by(state: State, customer: int, cause: str) -> Widening | None:
    alert, measure = state.alerts.find(customer, cause), state.world.measures[ref_of(cause)]
    return next((widening for widening in measure.widened if alert and widening.act == alert.came_by), None)


def standing(state: State, cause: str) -> int:
    """How grave what an alert is about is today, whatever happened last."""
    measure = state.world.measures.get(ref_of(cause)) if kind_of(cause) == "measure" else None
    return severity.of_state(measure.state) if measure else severity.INFO


def rows_of(state: State, customer: int, alert: Alert) -> list[int]:
    """The exposures that it spoke of, as far as they are still there."""
    codes = {state.portfolio.materials.find(slug) for slug in alert.materials}
    return [row for row in state.portfolio.rows_of(customer) if state.portfolio.exposures.material.item(row) in codes]


def _today(state: State, measure: Measure) -> date:
    now = datetime.fromtimestamp(state.now // 1_000_000, UTC)
    return now.astimezone(countries.zone(measure.issuer)).date()


def _band(state: State, customer: int, material: str) -> str | None:
    row = state.portfolio.row_of(customer, material)
    band = UNSCORED if row is None else state.portfolio.exposures.band.item(row)
    return None if band == UNSCORED else BANDS[band]
