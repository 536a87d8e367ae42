"""What an alert is about today, where nothing happened just now: for reminders, ends of silences, resolutions."""

from services.scorer.state import State
from shared.domain.alerts import own_business, telling
from shared.domain.alerts.alert import Alert
from shared.domain.alerts.causes import kind_of, ref_of
from shared.domain.alerts.telling import Telling
from shared.domain.risk.scope import suppliers_named


def recall(state: State, customer: int, cause: str) -> Telling:
    ref = ref_of(cause)
    match kind_of(cause):
        case "measure" if ref in state.world.measures:
            measure = state.world.measures[ref]
            named = suppliers_named(state.portfolio, measure, customer, state.portfolio.rows_of(customer))
            return telling.naming_suppliers(telling.of_measure(measure), named)
        case "story" if ref in state.stories:
            return state.stories[ref].telling
        case "licence" if ref in state.cases.get(customer, {}):
            return own_business.of_case(ref, state.cases[customer][ref])
    at = own_business.instant(state.now)
    return own_business.of_material(ref, f"The supply risk of {ref} stands as it does", "your own records", at)


def rows_of(state: State, customer: int, alert: Alert) -> list[int]:
    """The exposures that it spoke of, as far as they are still there."""
    codes = {state.portfolio.materials.find(slug) for slug in alert.materials}
    return [row for row in state.portfolio.rows_of(customer) if state.portfolio.exposures.material.item(row) in codes]
