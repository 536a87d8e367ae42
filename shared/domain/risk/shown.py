"""Scored exposures in plain Python: what messages and records are made from, gathered for all rows at once. To ask a
column for one number after the other takes several times as long, most of it waiting for memory."""

from itertools import pairwise
from typing import NamedTuple

from shared.domain.risk.portfolio import Portfolio, without_gaps
from shared.domain.risk.score import Scored


class Shown(NamedTuple):
    """One row: the columns of `Exposures`, `Customers` and `Pool`, its `Result`, and what is shown of its `Waits`."""

    customer_id: str
    material: str
    material_code: int
    context: int
    band: int
    origins: tuple[int, ...]
    shares: tuple[float, ...]
    assumed: tuple[bool, ...]
    demand: float
    usual_cover: float
    substitutability: float
    revenue_share: float
    daily_use: float
    stock_at: int
    closed: float
    denied_on: int
    granted_on: int
    score: float
    low: float
    high: float
    cover: float
    within_30: float
    within_60: float
    within_90: float
    within_180: float
    stock_factor: float
    structural: float
    sourcing: float
    undisturbed: float
    curve: int
    p50: float
    p90: float
    cases: float

    def share_from(self, origins: frozenset[int]) -> tuple[float, bool]:
        """As `Portfolio.share_from`."""
        share, assumed = 0.0, False
        for origin, part, is_assumed in zip(self.origins, self.shares, self.assumed, strict=True):
            if origin in origins:
                share += part
                assumed = assumed or is_assumed
        return share, assumed


_OF_EXPOSURE = Shown._fields[Shown._fields.index("demand") : Shown._fields.index("score")]
_OF_RESULT = Shown._fields[Shown._fields.index("score") : Shown._fields.index("curve")]


def shown(portfolio: Portfolio, scored: Scored) -> list[Shown]:
    """In the order of the rows scored."""
    exposures, customers, pool = portfolio.exposures, portfolio.customers, portfolio.pool
    rows, owners = scored.rows, exposures.customer[scored.rows]
    codes = exposures.material[rows].tolist()
    starts, places = without_gaps(exposures.start[rows], exposures.count[rows])
    cuts = [*starts.tolist(), len(places)]
    origins, shares, assumed = (tuple(column[places].tolist()) for column in (pool.origin, pool.share, pool.assumed))
    spans = [slice(*ends) for ends in pairwise(cuts)]
    _, p50, p90, cases = scored.waits.all_shown(scored.curve)
    return list(
        map(
            Shown,
            [portfolio.ids[owner] for owner in owners.tolist()],
            [portfolio.materials.names[code] for code in codes],
            codes,
            customers.context[owners].tolist(),
            exposures.band[rows].tolist(),
            *([column[span] for span in spans] for column in (origins, shares, assumed)),
            *(getattr(exposures, name)[rows].tolist() for name in _OF_EXPOSURE),
            *(getattr(scored.result, name).tolist() for name in _OF_RESULT),
            *(column.tolist() for column in (scored.curve, p50, p90, cases)),
        )
    )
