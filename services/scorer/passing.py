"""What the days alone do to an exposure: reported stock runs down, and whatever was said or decided weighs less."""

from collections.abc import Iterator
from datetime import date

from services.scorer.state import State
from shared.domain.risk.shocks import Shock
from shared.domain.risk.world import ANYWHERE

_EPOCH = date(1970, 1, 1).toordinal()


def moved_by_days(state: State, row: int, *, rises: bool) -> list[str]:
    """In words, nothing that is not so: what has faded altogether is no longer there to be named."""
    exposures = state.portfolio.exposures
    signs = {shock.sign for shock in _shocks(state, row)}
    if rises:
        found = {
            "the reported stock runs down": exposures.stock_at[row] > 0,
            "news of relief grows old and counts less": -1 in signs,
            "the licence granted to you lies further back and counts less": exposures.granted_on[row] > 0,
        }
    else:
        found = {
            "news that raised the risk grows old and counts less": 1 in signs,
            "the licence denied to you lies further back and counts less": exposures.denied_on[row] > 0,
        }
    said = [words for words, applies in found.items() if applies]
    if not said and state.world.waits.lead_times.month == date.fromordinal(_EPOCH + state.day):
        said = [f"holidays make what is decided in working days take {'longer' if rises else 'less long'}"]
    return said or [f"what had {'lowered' if rises else 'raised'} the risk counts less by now"]


def _shocks(state: State, row: int) -> Iterator[Shock]:
    """Those that count today for the row's customer."""
    exposures, pool = state.portfolio.exposures, state.portfolio.pool
    context = state.portfolio.customers.context.item(exposures.customer.item(row))
    start, count = exposures.start.item(row), exposures.count.item(row)
    for origin in (ANYWHERE, *pool.origin[start : start + count].tolist()):
        cell = state.world.at.item(exposures.material.item(row), origin)
        if cell:
            for shock in state.world.cells[cell].shocks.values():
                if state.world.shock_weights(shock)[context] > 0:
                    yield shock
