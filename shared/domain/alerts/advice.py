"""What a buyer can do about a measure: by its instrument, and by how much time is left."""

from dataclasses import dataclass

from shared.contracts.events import Instrument
from shared.contracts.measures import Measure


@dataclass(frozen=True, slots=True)
class Advice:
    ahead: str
    """It is announced: until the day on which it takes effect."""
    in_force: str
    window: str
    """It is suspended."""
    over: str
    returns: str
    """Its suspension is about to end."""


_STOCK = "Use the window to build stock: suspended is not lifted."
_FLOWS = "Check with suppliers that shipments flow again."
_SHIP = "Ship what can be shipped before that day"

_OF: dict[Instrument, Advice] = {
    "ban": Advice(
        "Have what is on order shipped and cleared before that day, and find another origin for afterwards.",
        "Ask where goods under way stand, turn to other origins now, and make present stock last.",
        _STOCK,
        _FLOWS,
        f"{_SHIP}: afterwards nothing may leave.",
    ),
    "export_halt": Advice(
        "Have what is on order shipped and cleared before that day, and find another origin for the time after it.",
        "Ask where goods under way stand and how long it may last, and cover that time from stock and other origins.",
        _STOCK,
        _FLOWS,
        f"{_SHIP}: afterwards nothing leaves.",
    ),
    "licence_requirement": Advice(
        "Ship and buy ahead of that day, and file for a licence now where one will be needed.",
        "File for licences now, ask suppliers for their status, and secure stock from other origins.",
        _STOCK,
        _FLOWS,
        f"{_SHIP}, and file for a licence in time.",
    ),
    "quota": Advice(
        "Buy ahead of that day, and have suppliers reserve a part of the quota for you.",
        "Ask suppliers what part of the quota they hold, book yours early, and cover the rest from other origins.",
        _STOCK,
        "Check with suppliers that deliveries are no longer rationed.",
        f"{_SHIP}, and have a part of the quota reserved for you.",
    ),
    "tariff": Advice(
        "Have goods cleared before that day, and settle with suppliers who bears the tariff afterwards.",
        "Settle with suppliers who bears the tariff, goods under way included, and compare prices of other origins.",
        "Use the window to have goods cleared without it: suspended is not lifted.",
        "Have prices brought back to what they are without the tariff.",
        "Have goods cleared before that day: afterwards the tariff is due again.",
    ),
    "technology_ban": Advice(
        "Order equipment, spare parts and services ahead of that day, and look for another source.",
        "Find out which equipment, parts and services you and your suppliers have from there, and look for another "
        "source.",
        "Use the window to order equipment, parts and services: suspended is not lifted.",
        "Check with suppliers that equipment, parts and services can be had again.",
        "Order equipment, spare parts and services that can be delivered before that day.",
    ),
    "entity_listing": Advice(
        "Have orders with the companies named shipped before that day, and place new ones elsewhere.",
        "Check which of your suppliers and your own companies it names, and move those orders to others.",
        "Use the window to have orders with the companies named shipped: suspended is not lifted.",
        "Check with your lawyers that the companies named may be dealt with again before you order.",
        "Have orders with the companies named shipped before that day, and place new ones elsewhere.",
    ),
    "extraterritorial_rule": Advice(
        "Find out before that day which goods contain what it covers, also those from third countries, and file for "
        "licences where needed.",
        "Find out which goods contain what it covers, also those from third countries, and file for licences where "
        "needed.",
        "Use the window to find out which goods contain what it covers: suspended is not lifted.",
        "Check with suppliers in third countries that their goods move freely again.",
        f"{_SHIP}, from third countries too, and file for licences in time.",
    ),
    "exporter_whitelist": Advice(
        "Ask suppliers whether they will be on the list, and buy ahead of that day from those that will not.",
        "Ask suppliers whether they are on the list, order from those that are, and secure stock from other origins.",
        _STOCK,
        "Check with suppliers off the list that they ship again.",
        f"{_SHIP} from suppliers that are not on the list.",
    ),
    "watch_list": Advice(
        "Order ahead of that day from the companies named, and have papers on the end use ready.",
        "Expect closer checks of the companies named: have papers on the end use ready, and order earlier.",
        "Use the window to order from the companies named: suspended is not lifted.",
        "Check with the companies named that their licences are dealt with as before.",
        "Order ahead of that day from the companies named, and have papers on the end use ready.",
    ),
}


def on(measure: Measure) -> str:
    advice = _OF[measure.instrument]
    match measure.state:
        case "announced":
            return advice.ahead
        case "in_force" if not measure.confirmed:
            asks = "which licence he holds" if measure.instrument == "licence_requirement" else "whether it touches him"
            return f"Treat it as in force until an act says otherwise; ask your supplier {asks}."
        case "in_force":
            return advice.in_force
        case "suspended":
            return advice.window
    return advice.over


def when_over(measure: Measure) -> str:
    return _OF[measure.instrument].over


def before_end(measure: Measure, *, of_suspension: bool) -> str:
    if of_suspension:
        return _OF[measure.instrument].returns
    return "Plan for supply to resume, and do not rely on it before it does."
