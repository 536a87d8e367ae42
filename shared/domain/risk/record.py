"""One row's record of `risk.scores`, encoded. The bytes are those of the contract's model (a test compares them); a
change that touches tens of thousands of rows cannot afford to build the models."""

from datetime import UTC, datetime

import orjson

from shared.catalog.structural import structural_risk
from shared.domain.risk.bands import BANDS
from shared.domain.risk.drivers import Drivers, Part
from shared.domain.risk.outlook import Outlook
from shared.domain.risk.policy import MODEL, TRANSIT_DAYS
from shared.domain.risk.portfolio import Portfolio
from shared.domain.risk.score import Scored

_PRIOR = "prior: statutory 45 working days, measures in force"
_PROFILE = "profile"


def drivers_json(parts: list[Part]) -> list[dict[str, object]]:
    return [{"kind": kind, "ref": ref, "label": label, "contribution": points} for kind, ref, label, points in parts]


def risk_record(portfolio: Portfolio, scored: Scored, i: int, drivers: Drivers, as_of: str) -> bytes:
    row, result = scored.rows.item(i), scored.result
    curve = scored.curve.item(i)
    seen = drivers.outlook(scored, i)
    return orjson.dumps(
        {
            "customer_id": portfolio.ids[portfolio.exposures.customer.item(row)],
            "material": portfolio.material(row),
            "score": seen.score,
            "band": BANDS[portfolio.exposures.band.item(row)],
            "interval": (result.low.item(i), result.high.item(i)),
            "stockout": stockout_json(seen),
            "cover_days": seen.cover_days,
            "lead_time_days": {"p50": scored.waits.p50.item(curve), "p90": scored.waits.p90.item(curve)},
            "drivers": drivers_json(drivers.of(scored, i)),
            "inputs": _inputs(portfolio, scored, i, row),
            "model": MODEL,
            "as_of": as_of,
        }
    )


def stockout_json(seen: Outlook) -> dict[str, object]:
    stockout: dict[str, object] = {"on": seen.stockout_on.isoformat()} if seen.stockout_on else {}
    stockout["probability"] = dict(zip(("30", "60", "90", "180"), seen.odds, strict=True))
    if seen.gap_days is not None:
        stockout["gap_days"] = seen.gap_days
    return stockout


def _inputs(portfolio: Portfolio, scored: Scored, i: int, row: int) -> dict[str, object]:
    exposures, pool = portfolio.exposures, portfolio.pool
    start, count = exposures.start.item(row), exposures.count.item(row)
    stated = [
        share
        for share, assumed in zip(
            pool.share[start : start + count].tolist(), pool.assumed[start : start + count].tolist(), strict=True
        )
        if not assumed
    ]
    known_origins = round(min(sum(stated, 0.0), 1.0), 4)
    reported = exposures.stock_at.item(row)
    stock_source, stock_as_of = ("inventory", _instant(reported)) if reported else (_PROFILE, None)
    usual = exposures.usual_cover.item(row)
    return {
        "cover_days": _input(scored.result.cover.item(i), bool(reported or usual), stock_source, stock_as_of),
        "daily_use_kg": _input(daily_use(portfolio, row), bool(reported), stock_source, stock_as_of),
        "known_origins": _input(known_origins, known_origins > 0, _PROFILE),
        "substitutability": _input(exposures.substitutability.item(row), True, _PROFILE),
        "revenue_share": _input(exposures.revenue_share.item(row), True, _PROFILE),
        "lead_time_days": _lead_time(scored, scored.curve.item(i)),
        "transit_days": _input(float(TRANSIT_DAYS), False, "prior"),
        "structural_risk": _structural(portfolio.material(row)),
    }


def _lead_time(scored: Scored, curve: int) -> dict[str, object]:
    cases = int(scored.waits.cases.item(curve))
    return _input(scored.waits.p50.item(curve), cases > 0, f"licence book: {cases} cases" if cases else _PRIOR)


def daily_use(portfolio: Portfolio, row: int) -> float:
    """kg; from a year's demand where no report says."""
    reported = portfolio.exposures.daily_use.item(row)
    return round(reported or portfolio.exposures.demand.item(row) / 365, 4)


def _input(value: float, known: bool, source: str, as_of: str | None = None) -> dict[str, object]:
    given: dict[str, object] = {"value": value, "known": known, "source": source}
    if as_of:
        given["as_of"] = as_of
    return given


_STRUCTURAL: dict[str, orjson.Fragment] = {}


def _structural(material: str) -> orjson.Fragment:
    found = _STRUCTURAL.get(material)
    if found is None:
        risk = structural_risk(material)
        given = _input(risk.risk, risk.known, risk.source, risk.as_of.isoformat())
        found = _STRUCTURAL[material] = orjson.Fragment(orjson.dumps(given))
    return found


def _instant(microseconds: int) -> str:
    moment = datetime.fromtimestamp(microseconds // 1_000_000, UTC).replace(microsecond=microseconds % 1_000_000)
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
