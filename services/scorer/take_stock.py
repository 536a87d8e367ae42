"""Stock: a report says how much is there, shipments that arrived since add to it."""

from services.scorer.state import State
from services.scorer.turn import Mover, Turn
from shared.contracts.events import Inventory, Shipment
from shared.domain.alerts import own_business, severity
from shared.domain.alerts.causes import cause
from shared.domain.alerts.telling import days


def take_inventory(state: State, turn: Turn, event: Inventory) -> None:
    """An older report never overrides a newer one; of the same instant the later word wins."""
    found = _row(state, event.customer_id, event.material)
    if found is None:
        return
    row, exposures, as_of = found, state.portfolio.exposures, _microseconds(event.as_of.timestamp())
    if as_of < exposures.stock_at[row]:
        return
    later = {ref: what for ref, what in state.arrivals.get(row, {}).items() if what[0] > as_of}
    if later:
        state.arrivals[row] = later
    else:
        state.arrivals.pop(row, None)
    use = event.daily_use_kg or exposures.demand.item(row) / 365
    exposures.stock[row] = event.on_hand_kg + sum(kg for _, kg in later.values())
    exposures.daily_use[row] = use
    exposures.stock_at[row] = as_of
    what = f"Your stock report: {event.on_hand_kg:,.0f} kg on hand, {days(event.on_hand_kg / use)} of use"
    _moved_by_stock(turn, row, event.material, what, event.source.name)


def take_shipment(state: State, turn: Turn, event: Shipment) -> None:
    """Only what arrives adds to a stock that was reported; the profile's usual stock includes its own deliveries."""
    found = _row(state, event.customer_id, event.material)
    if found is None or event.status != "arrived":
        return
    row, exposures, at = found, state.portfolio.exposures, _microseconds(event.occurred_at.timestamp())
    if not exposures.stock_at[row] or at <= exposures.stock_at[row]:
        return
    arrived = state.arrivals.setdefault(row, {})
    before = arrived.get(event.shipment_ref)
    if before == (at, event.quantity_kg):
        return
    exposures.stock[row] += event.quantity_kg - (before[1] if before else 0.0)
    arrived[event.shipment_ref] = (at, event.quantity_kg)
    what = f"Shipment {event.shipment_ref} arrived with {event.quantity_kg:,.0f} kg"
    _moved_by_stock(turn, row, event.material, what, event.source.name)


def _moved_by_stock(turn: Turn, row: int, material: str, what: str, source: str) -> None:
    turn.touch([row])
    said = own_business.of_material(material, what, source, turn.stamp)
    turn.movers.append(Mover(cause("material", material), severity.INFO, said))


def _row(state: State, customer_id: str, material: str) -> int | None:
    customer = state.portfolio.find(customer_id)
    return None if customer is None else state.portfolio.row_of(customer, material)


def _microseconds(seconds: float) -> int:
    return round(seconds * 1_000_000)
