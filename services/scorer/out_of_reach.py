"""Alerts that a profile leaves behind: who no longer buys what one is about hears that it is over, and no reminder."""

from collections.abc import Collection

from services.scorer.recall import recall, rows_of
from services.scorer.state import State
from services.scorer.turn import Notice, Turn
from shared.domain.alerts import own_business, severity
from shared.domain.alerts.causes import kind_of, ref_of
from shared.domain.risk.scope import customer_hearing, customer_under


def reached(state: State, customer: int) -> set[str]:
    """Causes of open alerts that meet an exposure of the customer's today."""
    return {about for about, _ in state.alerts.live(customer) if _meets(state, customer, about)}


def resolve_left(state: State, turn: Turn, customer: int, before: Collection[str], gone: Collection[str]) -> None:
    """`before`: what was `reached` under the profile until now; `gone`: materials that it has no more. What never met
    an exposure stays open: it is about the customer in another way."""
    for about, alert in list(state.alerts.live(customer)):
        rows = rows_of(state, customer, alert)
        dropped = not rows and not set(gone).isdisjoint(alert.materials)
        if dropped or (about in before and not _meets(state, customer, about)):
            said = own_business.of_leaving(recall(state, customer, about, alert.kind))
            turn.notify(Notice(customer, about, alert.kind, severity.INFO, said, rows, alert.materials, closes=True))


def _meets(state: State, customer: int, about: str) -> bool:
    ref, portfolio, world = ref_of(about), state.portfolio, state.world
    match kind_of(about):
        case "measure" if ref in world.measures:
            return customer_under(portfolio, world, world.measures[ref], customer)
        case "story":
            shocks = [shock for shock in world.shocks.values() if shock.story == ref]
            return any(customer_hearing(portfolio, world, shock, customer) for shock in shocks)
        case "material":
            return portfolio.row_of(customer, ref) is not None
    return False
