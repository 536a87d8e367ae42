"""One row's record of `risk.scores`, encoded. The bytes are those of the contract's model (a test compares them); a
change that touches tens of thousands of rows cannot afford to build the models."""

from datetime import UTC, datetime

import orjson

from shared.catalog.structural import structural_risk
from shared.domain.risk.bands import BANDS
from shared.domain.risk.drivers import Drivers, Part
from shared.domain.risk.leadtime import HORIZON, regime_of
from shared.domain.risk.outlook import Outlook, cover_is_known
from shared.domain.risk.policy import MODEL, TRANSIT_DAYS, Regime
from shared.domain.risk.shown import Shown

_WAITS = {
    Regime.FREE: "prior: transit of an order that nothing holds up",
    Regime.SLOWED: "prior: around 30 days, by end use, under quotas, lists and checks in force",
    Regime.LICENSED: "prior: statutory 45 working days, measures in force",
    Regime.BARRED: "prior: around 330 days, by end use, under a ban in force",
}
_NO_END = f"; more likely than not longer than the {HORIZON} days looked ahead"
_UNSAID = "assumed: the profile says no more"
_PROFILE = "profile"


def drivers_json(parts: list[Part]) -> list[dict[str, object]]:
    return [{"kind": kind, "ref": ref, "label": label, "contribution": points} for kind, ref, label, points in parts]


def risk_record(drivers: Drivers, i: int, as_of: str) -> bytes:
    row = drivers.rows[i]
    return orjson.dumps(
        {
            "customer_id": row.customer_id,
            "material": row.material,
            "score": row.score,
            "band": BANDS[row.band],
            "interval": (row.low, row.high),
            "stockout": stockout_json(drivers.outlook(i)),
            "cover_days": row.cover,
            "lead_time_days": {"p50": row.p50, "p90": row.p90},
            "drivers": drivers_json(drivers.of(i)),
            "inputs": _inputs(row),
            "model": MODEL,
            "as_of": as_of,
        }
    )


def stockout_json(seen: Outlook) -> dict[str, object]:
    stockout: dict[str, object] = {"on": seen.stockout_on.isoformat()} if seen.stockout_on else {}
    within_30, within_60, within_90, within_180 = seen.odds
    stockout["probability"] = {"30": within_30, "60": within_60, "90": within_90, "180": within_180}
    if seen.gap_days is not None:
        stockout["gap_days"] = seen.gap_days
    return stockout


def _inputs(row: Shown) -> dict[str, object]:
    stated = [share for share, assumed in zip(row.shares, row.assumed, strict=True) if not assumed]
    known_origins = round(min(sum(stated, 0.0), 1.0), 4)
    reported = row.stock_at
    stock_source, stock_as_of = ("inventory", _instant(reported)) if reported else (_PROFILE, None)
    daily_use = round(row.daily_use or row.demand / 365, 4)
    return {
        "cover_days": _input(row.cover, cover_is_known(row), stock_source, stock_as_of),
        "daily_use_kg": _input(daily_use, bool(reported), stock_source, stock_as_of),
        "known_origins": _input(known_origins, known_origins > 0, _PROFILE),
        "substitutability": _stated(row.substitutability),
        "revenue_share": _stated(row.revenue_share),
        "lead_time_days": _lead_time(row),
        "transit_days": _TRANSIT,
        "structural_risk": _structural(row.material),
    }


def _lead_time(row: Shown) -> dict[str, object]:
    cases = int(row.cases)
    source = f"licence book: {cases} cases" if cases else _WAITS[regime_of(row.curve)]
    return _input(row.p50, cases > 0, source + (_NO_END if row.p50 >= HORIZON + TRANSIT_DAYS else ""))


def _stated(share: float) -> dict[str, object]:
    """A profile that leaves it out says 0."""
    return _input(share, share > 0, _PROFILE if share else _UNSAID)


def _input(value: float, known: bool, source: str, as_of: str | None = None) -> dict[str, object]:
    given: dict[str, object] = {"value": value, "known": known, "source": source}
    if as_of:
        given["as_of"] = as_of
    return given


_TRANSIT = orjson.Fragment(orjson.dumps(_input(float(TRANSIT_DAYS), False, "prior")))
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
