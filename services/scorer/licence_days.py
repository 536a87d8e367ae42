"""From the licence book to the columns that the score reads: the day of the newest denial, of the newest grant."""

from datetime import datetime

from services.scorer.state import State

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


def day_of(instant: str) -> int:
    """Of an instant in UTC as records write it, days since 1970."""
    return datetime.fromisoformat(instant[:10]).toordinal() - _EPOCH
