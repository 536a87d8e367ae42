"""What it means for this customer: its share, its stock, the day it is used up, the chance of that."""

from functools import cache
from typing import NamedTuple

from shared.catalog import countries
from shared.catalog.materials import materials
from shared.contracts.base import Band
from shared.domain.alerts.dates import day, days
from shared.domain.alerts.telling import Telling
from shared.domain.risk.leadtime import HORIZON
from shared.domain.risk.outlook import Outlook
from shared.domain.risk.policy import Regime


class Exposed(NamedTuple):
    """The most exposed material of the alert."""

    material: str
    outlook: Outlook
    band: Band
    previous_score: float | None
    share: float
    """Bought from the telling's origin; 0 where there is none."""
    assumed: bool
    revenue_share: float
    others: int
    """Further materials of the customer that the alert is about."""


def summary(telling: Telling, exposed: Exposed | None) -> str:
    meaning = _meaning(telling, exposed) if exposed else "None of the materials in your profile is touched."
    return f"{telling.happened} For you: {meaning} What to do: {telling.do} {telling.basis}"


def _meaning(telling: Telling, exposed: Exposed) -> str:
    label = _label(exposed.material)
    return " ".join(
        [
            *_share(telling, exposed, label),
            _stock(exposed, label),
            _risk(exposed),
            *([f"It also touches {exposed.others} more of your materials."] if exposed.others else []),
        ]
    )


@cache
def _label(material: str) -> str:
    found = materials().get(material)
    return found.label if found else material


def _share(telling: Telling, exposed: Exposed, label: str) -> list[str]:
    if not telling.origin or not exposed.share:
        return []
    country = countries.name(telling.origin)
    basis = " (partly assumed from world production)" if exposed.assumed else ""
    earns = f", on which {exposed.revenue_share:.0%} of your revenue depends" if exposed.revenue_share else ""
    return [f"{exposed.share:.0%} of your {label} comes from {country}{basis}{earns}."]


def _stock(exposed: Exposed, label: str) -> str:
    seen = exposed.outlook
    stock, send = f"Stock of {label} lasts {days(seen.cover_days)}", ""
    if not seen.cover_known:
        stock = f"Stock of {label} is not known and assumed to last {days(seen.cover_days)}"
        send = " Report your stock, or state `inventory_days` in the profile, to have it known."
    if seen.stockout_on is None:
        return f"{stock}.{send}"
    way = "supply that is barred" if seen.regime is Regime.BARRED else "a licence filed today"
    if seen.regime is Regime.SLOWED:
        way = "an order placed today"
    return (
        f"{stock}, until {day(seen.stockout_on)}{_gap(seen, way)}; "
        f"chance to run out within 30 days {seen.odds[0]:.0%}.{send}"
    )


def _gap(seen: Outlook, way: str) -> str:
    if seen.lead_days is None:
        return f"; {way} more likely than not takes more than {HORIZON // 365} years"
    if seen.gap_days is None:
        return f"; {way} is likely to come before ({seen.lead_days:.0f} days)"
    return f", {days(seen.gap_days)} before {way} is likely to come ({seen.lead_days:.0f} days)"


def _risk(exposed: Exposed) -> str:
    before = exposed.previous_score
    moved = f", before {before:.0f}" if before is not None and round(before) != round(exposed.outlook.score) else ""
    return f"Risk {exposed.outlook.score:.0f} of 100 ({exposed.band}{moved})."
