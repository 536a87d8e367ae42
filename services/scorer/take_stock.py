"""Stock: a report says how much is there, shipments that arrived since add to it."""

from services.scorer.state import Arrival, State
from services.scorer.turn import Mover, Turn
from shared.contracts.events import Inventory, Shipment
from shared.domain.alerts import own_business, severity
from shared.domain.alerts.causes import cause
from shared.domain.alerts.dates import days
from shared.domain.risk.codes import code_of
from shared.domain.risk.score import LEAST_DAILY_USE, LONGEST_COVER


def take_inventory(state: State, turn: Turn, event: Inventory) -> None:
    """An older report never overrides a newer one; of the same instant the later word wins, and so does what comes
    under the id of the newest, whatever its time."""
    found = _row(state, event.customer_id, event.material)
    if found is None:
        return
    row, exposures, as_of = found, state.portfolio.exposures, _microseconds(event.as_of.timestamp())
    code = code_of(turn.record_id)
    if as_of < exposures.stock_at[row] and code != exposures.report.item(row):
        return
    later = {ref: each for ref, each in state.arrivals.get(row, {}).items() if each.at > as_of}
    if later:
        state.arrivals[row] = later
    else:
        state.arrivals.pop(row, None)
    use = event.daily_use_kg or exposures.demand.item(row) / 365
    exposures.stock[row] = event.on_hand_kg + sum(each.quantity_kg for each in later.values())
    exposures.daily_use[row] = use
    exposures.stock_at[row], exposures.report[row] = as_of, code
    lasts = min(event.on_hand_kg / max(use, LEAST_DAILY_USE), LONGEST_COVER)
    what = f"Your stock report: {event.on_hand_kg:,.0f} kg on hand, {days(lasts)} of use"
    _moved_by_stock(turn, row, event.material, what, event.source.name)


def take_shipment(state: State, turn: Turn, event: Shipment) -> None:
    """Only what arrives adds to a stock that was reported; the profile's usual stock includes its own deliveries."""
    row = _row(state, event.customer_id, event.material)
    if row is None:
        return
    at = _microseconds(event.occurred_at.timestamp())
    before = state.arrivals.get(row, {}).get(event.shipment_ref)
    if before and before.event_id != turn.record_id and (at < before.at or event.status != "arrived"):
        return  # an older word, or one about the way here
    counts = event.status == "arrived" and 0 < state.portfolio.exposures.stock_at[row] < at
    given = Arrival(at, event.quantity_kg, turn.record_id) if counts else None
    _put_arrival(state, turn, event, row, before, given)


def _put_arrival(
    state: State, turn: Turn, event: Shipment, row: int, before: Arrival | None, given: Arrival | None
) -> None:
    ref, arrived = event.shipment_ref, state.arrivals.setdefault(row, {})
    change = (given.quantity_kg if given else 0.0) - (before.quantity_kg if before else 0.0)
    if given:
        arrived[ref] = given
    else:
        arrived.pop(ref, None)
    if not arrived:
        del state.arrivals[row]
    if change:
        state.portfolio.exposures.stock[row] += change
        _moved_by_stock(turn, row, event.material, _arrival(event, before, given), event.source.name)


def _arrival(event: Shipment, before: Arrival | None, given: Arrival | None) -> str:
    if given is None:
        return f"Your record was corrected: shipment {event.shipment_ref} has not arrived since the stock report"
    said = f"hipment {event.shipment_ref} arrived with {given.quantity_kg:,.0f} kg"
    return f"Your record was corrected: s{said}, not {before.quantity_kg:,.0f} kg" if before else f"S{said}"


def _moved_by_stock(turn: Turn, row: int, material: str, what: str, source: str) -> None:
    turn.touch([row])
    said = own_business.of_material(material, what, source, turn.accepted_at)
    turn.movers.append(Mover(cause("material", material), severity.INFO, said))


def _row(state: State, customer_id: str, material: str) -> int | None:
    customer = state.portfolio.find(customer_id)
    return None if customer is None else state.portfolio.row_of(customer, material)


def _microseconds(seconds: float) -> int:
    return round(seconds * 1_000_000)
