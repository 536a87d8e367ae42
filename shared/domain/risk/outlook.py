"""What a buyer acts on: when the stock is used up, how likely that is before supply comes, and the days between."""

from datetime import date
from typing import NamedTuple

from shared.domain.risk.leadtime import HORIZON, regime_of
from shared.domain.risk.policy import TRANSIT_DAYS, Regime
from shared.domain.risk.score import Scored

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


def outlook(scored: Scored, i: int, day: int) -> Outlook:
    result, curve = scored.result, scored.curve.item(i)
    cover = result.cover.item(i)
    regime = regime_of(curve)
    half = scored.waits.p50.item(curve)
    lead = half if half < HORIZON + TRANSIT_DAYS else None
    hindered = regime is not Regime.FREE
    gap = round(lead - cover, 1) if lead is not None else 0.0
    return Outlook(
        score=result.score.item(i),
        cover_days=cover,
        odds=(
            result.within_30.item(i),
            result.within_60.item(i),
            result.within_90.item(i),
            result.within_180.item(i),
        ),
        lead_days=lead,
        regime=regime,
        stockout_on=date.fromordinal(_EPOCH + day + int(cover)) if hindered and cover < _FAR else None,
        gap_days=gap if hindered and gap > 0 else None,
    )
