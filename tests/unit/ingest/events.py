"""One good event of each kind, as small as it may be and a little richer."""

from typing import Any

Json = dict[str, Any]

MINISTRY = {"name": "MOFCOM", "type": "government"}
WIRE = {"name": "Wire", "type": "newswire"}
ERP = {"name": "ERP", "type": "company"}

NEWS: Json = {
    "kind": "news",
    "id": "n-1",
    "source": WIRE,
    "published_at": "2025-11-10T11:00:00Z",
    "title": "China eases controls on gallium",
}
LICENCE_APPLICATION: Json = {
    "kind": "licence_application",
    "id": "la-1",
    "source": ERP,
    "submitted_at": "2025-11-03T09:30:00+01:00",
    "customer_id": "acme",
    "licence_ref": "L-2025-17",
    "material": "terbium",
    "quantity_kg": 120,
    "origin": "CN",
    "destination": "DE",
    "end_use": "civil",
}
LICENCE_DECISION: Json = {
    "kind": "licence_decision",
    "id": "ld-1",
    "source": ERP,
    "decided_at": "2025-11-10T08:00:00+08:00",
    "customer_id": "acme",
    "licence_ref": "L-2025-17",
    "decision": "granted",
    "valid_until": "2026-05-09",
}
SHIPMENT: Json = {
    "kind": "shipment",
    "id": "s-1",
    "source": ERP,
    "occurred_at": "2025-11-09T22:00:00Z",
    "customer_id": "acme",
    "shipment_ref": "BL-9",
    "material": "terbium",
    "quantity_kg": 40.5,
    "origin": "CN",
    "destination": "DE",
    "status": "departed",
}
INVENTORY: Json = {
    "kind": "inventory",
    "id": "i-1",
    "source": ERP,
    "as_of": "2025-11-10T00:00:00Z",
    "customer_id": "acme",
    "material": "terbium",
    "on_hand_kg": 300,
    "daily_use_kg": 3.2,
}
LIST_CHANGE: Json = {
    "kind": "list_change",
    "id": "lc-1",
    "source": MINISTRY,
    "announced_on": "2025-11-05",
    "authority": "CN-MOFCOM",
    "list": "export_control_list",
    "act": "CN-2025-11-05-ECL",
    "ref": "CN-2025-21",
    "action": "added",
    "entities": [{"name": "Example Aerospace", "country": "US"}],
    "effective_on": "2025-11-10",
}
MEASURE_CHANGE: Json = {
    "kind": "measure_change",
    "id": "mc-1",
    "source": MINISTRY,
    "announced_on": "2025-11-07",
    "issuer": "CN",
    "act": "CN-2025-72",
    "instrument": "ban",
    "action": "suspended",
    "materials": ["gallium", "germanium"],
    "targets": ["US"],
    "effective_on": "2025-11-09",
    "until": "2026-11-27",
}
PRICE: Json = {
    "kind": "price",
    "id": "p-1",
    "source": {"name": "Price desk", "type": "trade_press"},
    "as_of": "2025-11-10T06:00:00Z",
    "material": "dysprosium",
    "price": 262.5,
    "currency": "USD",
    "unit": "kg",
}
TRADE_FLOW: Json = {
    "kind": "trade_flow",
    "id": "tf-1",
    "source": {"name": "Customs", "type": "government"},
    "reporter": "CN",
    "partner": "JP",
    "hs_code": "280530",
    "period": "2025-09",
    "quantity_kg": 81_000,
}
GOOD = (
    NEWS,
    LICENCE_APPLICATION,
    LICENCE_DECISION,
    SHIPMENT,
    INVENTORY,
    LIST_CHANGE,
    MEASURE_CHANGE,
    PRICE,
    TRADE_FLOW,
)
OFFICIAL = (LIST_CHANGE, MEASURE_CHANGE)


def but(event: Json, **changes: object) -> Json:
    """The same event with other fields; `...` leaves one out."""
    return {name: value for name, value in (event | changes).items() if value is not ...}
