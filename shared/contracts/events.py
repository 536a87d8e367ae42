"""What can be posted to `POST /v1/events` (contract section 3), shape only: materials, countries and times are checked
against the catalogue and the clock at the door."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.contracts.base import EndUse, Identifier, Instant, Kilograms, SenderId, Strict

SourceType = Literal["government", "newswire", "trade_press", "analyst", "company", "social", "system"]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
Reference = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,128}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Target = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|\*)$")]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s\x00-\x1f]{1,2000}$")]


class Source(Strict):
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    type: SourceType
    url: Url | None = None


class Event(Strict):
    id: SenderId | None = None
    source: Source


class News(Event):
    kind: Literal["news"]
    published_at: Instant
    title: Text
    body: Annotated[str, StringConstraints(max_length=100_000)] = ""
    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")] | None = None
    url: Url | None = None


class LicenceApplication(Event):
    kind: Literal["licence_application"]
    submitted_at: Instant
    customer_id: Identifier
    licence_ref: Reference
    material: str | None = None
    hs_code: str | None = None
    quantity_kg: Kilograms
    origin: Country
    destination: Country
    end_use: EndUse
    supplier: Text | None = None


class LicenceDecision(Event):
    kind: Literal["licence_decision"]
    decided_at: Instant
    customer_id: Identifier
    licence_ref: Reference
    decision: Literal["granted", "denied", "returned", "withdrawn", "expired"]
    material: str | None = None
    valid_until: date | None = None


class Shipment(Event):
    kind: Literal["shipment"]
    occurred_at: Instant
    customer_id: Identifier
    shipment_ref: Reference
    licence_ref: Reference | None = None
    material: str
    quantity_kg: Kilograms
    origin: Country
    destination: Country
    status: Literal["booked", "departed", "held", "released", "arrived"]


class Inventory(Event):
    kind: Literal["inventory"]
    as_of: Instant
    customer_id: Identifier
    material: str
    on_hand_kg: Kilograms
    daily_use_kg: Kilograms


class Entity(Strict):
    name: Text
    aliases: tuple[Text, ...] = ()
    country: Country | None = None


ListAction = Literal["added", "removed", "suspended", "reinstated", "extended"]


class ListChange(Event):
    kind: Literal["list_change"]
    announced_on: date
    authority: Reference
    list: Reference
    act: Reference
    ref: Reference
    action: ListAction
    entities: Annotated[tuple[Entity, ...], Field(min_length=1, max_length=1_000)]
    effective_on: date
    until: date | None = None


Instrument = Literal[
    "ban",
    "licence_requirement",
    "quota",
    "tariff",
    "technology_ban",
    "entity_listing",
    "extraterritorial_rule",
    "exporter_whitelist",
    "export_halt",
    "watch_list",
]
MeasureAction = Literal["imposed", "expanded", "suspended", "reinstated", "lifted", "extended", "amended"]


class MeasureChange(Event):
    """`ref` is absent where the act is the measure itself; the door fills it in."""

    kind: Literal["measure_change"]
    announced_on: date
    issuer: Country
    act: Reference
    ref: Reference | None = None
    instrument: Instrument
    action: MeasureAction
    title: Text | None = None
    materials: Annotated[tuple[str, ...], Field(max_length=100)] = ()
    targets: Annotated[tuple[Target, ...], Field(max_length=300)] = ("*",)
    end_uses: tuple[EndUse, ...] = ()
    effective_on: date
    until: date | None = None


class Price(Event):
    kind: Literal["price"]
    as_of: Instant
    material: str
    price: Annotated[float, Field(gt=0, lt=1e12, allow_inf_nan=False)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    unit: Annotated[str, StringConstraints(min_length=1, max_length=20)]


class TradeFlow(Event):
    kind: Literal["trade_flow"]
    reporter: Country
    partner: Country
    hs_code: str
    period: Annotated[str, StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2]))?$")]
    """A month (`2025-04`) or a year (`2025`)."""
    quantity_kg: Kilograms
    value_usd: Annotated[float, Field(ge=0, lt=1e15, allow_inf_nan=False)] | None = None


AnyEvent = Annotated[
    News | LicenceApplication | LicenceDecision | Shipment | Inventory | ListChange | MeasureChange | Price | TradeFlow,
    Field(discriminator="kind"),
]
CustomerEvent = LicenceApplication | LicenceDecision | Shipment | Inventory
"""Records of one customer's own business: they go to `ledger`, never to `world`."""
