"""A human's word on a measure, before it is taken."""

from datetime import date

from shared.contracts.measures import MeasureState
from shared.http.problems import invalid

OVER: frozenset[MeasureState] = frozenset({"lifted", "lapsed"})


def check_end(state: MeasureState, until: date | None, today: date) -> None:
    """`until` is the last day of the suspension, or else of the measure; `today` is the issuer's.

    :raises Problem: 422
    """
    if until is None:
        return
    if state in OVER:
        raise invalid([{"loc": "body.until", "message": f"what is {state} has no end to come: leave it out"}])
    if until < today:
        ends = f"must not lie before {today}, today at the issuer's: name the last day, or the state that it has since"
        raise invalid([{"loc": "body.until", "message": ends}])
