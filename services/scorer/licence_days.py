"""From a customer's cases to the days that count: the newest denial and grant, which the score reads, and the day from
which on a case is overdue."""

from datetime import datetime

from services.scorer.state import State
from shared.contracts.base import EndUse
from shared.domain.alerts.alert import DAY_US
from shared.domain.alerts.own_business import Case

_EPOCH = datetime(1970, 1, 1).toordinal()  # noqa: DTZ001


def bring_up_to_date(state: State, customer: int, row: int) -> None:
    material = state.portfolio.material(row)
    days = {"denied": 0, "granted": 0}
    for case in state.cases.get(customer, {}).values():
        newest = case.newest() if case.material == material else None
        if newest and newest.decision in days:
            days[newest.decision] = max(days[newest.decision], day_of(newest.at))
    state.portfolio.exposures.denied_on[row] = days["denied"]
    state.portfolio.exposures.granted_on[row] = days["granted"]


def overdue_at(state: State, case: Case) -> int:
    """Microseconds since 1970."""
    filed_at = round(datetime.fromisoformat(case.applied_at).timestamp() * 1_000_000)
    return filed_at + state.world.waits.decision_p90(*_kind_of(case)) * DAY_US


def is_known(state: State, case: Case) -> bool:
    """Cases like it say how long it takes; else the law does."""
    return state.world.waits.lead_times.resolve(*_kind_of(case)).stratum is not None


def _kind_of(case: Case) -> tuple[str, str, str, EndUse]:
    return case.origin, case.material or "", case.destination, case.end_use


def day_of(instant: str) -> int:
    """Of an instant in UTC as records write it, days since 1970."""
    return datetime.fromisoformat(instant[:10]).toordinal() - _EPOCH
