"""What a buyer acts on: when the stock is used up, how likely that is before supply comes, and the days between."""

from datetime import date
from typing import NamedTuple

from shared.domain.risk.leadtime import HORIZON, regime_of
from shared.domain.risk.policy import TRANSIT_DAYS, Regime
from shared.domain.risk.shown import Shown

_EPOCH = date(1970, 1, 1).toordinal()
_FAR = 3_650
"""Days of stock beyond which no date is given."""


class Outlook(NamedTuple):
    score: float
    cover_days: float
    odds: tuple[float, float, float, float]
    lead_days: float | None
    """Until half of such cases have their material; none where that lies beyond the curve."""
    regime: Regime
    stockout_on: date | None
    """Only where something stands in the way of supply."""
    gap_days: float | None
    """From then until `lead_days`; absent where that is sooner or not known."""
    cover_known: bool
    """Stock was reported, or the profile says how much there usually is; else none is assumed."""


def outlook(row: Shown, day: int) -> Outlook:
    cover = row.cover
    regime = regime_of(row.curve)
    lead = row.p50 if row.p50 < HORIZON + TRANSIT_DAYS else None
    hindered = regime is not Regime.FREE
    gap = round(lead - cover, 1) if lead is not None else 0.0
    return Outlook(
        score=row.score,
        cover_days=cover,
        odds=(row.within_30, row.within_60, row.within_90, row.within_180),
        lead_days=lead,
        regime=regime,
        stockout_on=date.fromordinal(_EPOCH + day + int(cover)) if hindered and cover < _FAR else None,
        gap_days=gap if hindered and gap > 0 else None,
        cover_known=cover_is_known(row),
    )


def cover_is_known(row: Shown) -> bool:
    return bool(row.stock_at or row.usual_cover)
