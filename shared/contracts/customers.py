from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from shared.contracts.base import EndUse, Identifier, Instant, Share, Strict, Wire
from shared.contracts.events import Country, Text

PositiveKilograms = Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]


class Exposure(Strict):
    material: str
    annual_demand_kg: PositiveKilograms
    origins: dict[Country, Share]
    """Share of this demand bought from each country; what is missing to 1 is of unknown origin."""
    suppliers: Annotated[tuple[Text, ...], Field(max_length=1_000)] = ()
    inventory_days: Annotated[float, Field(ge=0, le=36_500, allow_inf_nan=False)] = 0
    substitutability: Share = 0
    revenue_share: Share = 0

    @model_validator(mode="after")
    def shares_add_up_to_one_at_most(self) -> Self:
        total = sum(self.origins.values())
        if total > 1 + 1e-6:
            raise ValueError(f"origins add up to {total:.4f}; shares of one demand add up to 1 at most")
        return self


class BillOfMaterial(Strict):
    material: str
    kg_per_unit: PositiveKilograms


class Product(Strict):
    name: Text
    annual_units: Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]
    materials: Annotated[tuple[BillOfMaterial, ...], Field(max_length=100)]


class CustomerProfile(Strict):
    """What `PUT /customers/{id}` takes."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    sector: Annotated[str, StringConstraints(max_length=100)] = ""
    end_use: EndUse = "unknown"
    destination: Country
    exposures: Annotated[tuple[Exposure, ...], Field(max_length=200)] = ()
    products: Annotated[tuple[Product, ...], Field(max_length=200)] = ()
    disclosure_conflict: bool = False


class Customer(CustomerProfile):
    """The resource as the API answers it."""

    id: Identifier
    version: int
    created_at: Instant
    updated_at: Instant


class ProfileRecord(Wire):
    """On `ledger` (first) and `customers` (once the ledger has it); its id is `profile/<customer>/<version>`."""

    kind: Literal["profile"] = "profile"
    customer_id: str
    version: int
    baseline: Literal["quiet", "alert"] = "quiet"
    profile: CustomerProfile | None = None
    """Absent: the customer was deleted. Put again, it goes on with its sequence."""


class Silence(Wire):
    kind: Literal["silence"] = "silence"
    id: str
    customer_id: str | None = None
    matchers: dict[str, str]
    """Field of an alert (`kind`, `material`, `severity`, `measure`) → the value that it must have."""
    starts_at: Instant
    until: Instant
    comment: str = ""
    deleted: bool = False


class Acknowledgement(Wire):
    kind: Literal["acknowledgement"] = "acknowledgement"
    customer_id: str
    alert_id: str
    by: str
