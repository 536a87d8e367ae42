"""When an event happened: each kind says it in a field of its own. Later than five minutes from now is a mistake."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.ingest.testing import NOW, Ingest, StoppedTime
from services.ingest.time_source import ReplayedTime
from shared.clock import Clock
from shared.contracts.base import rfc3339
from shared.settings import ClockSettings
from tests.unit.ingest.events import (
    INVENTORY,
    LICENCE_APPLICATION,
    LICENCE_DECISION,
    LIST_CHANGE,
    MEASURE_CHANGE,
    NEWS,
    PRICE,
    SHIPMENT,
    TRADE_FLOW,
    Json,
    but,
)

INSTANTS = {
    "published_at": NEWS,
    "submitted_at": LICENCE_APPLICATION,
    "decided_at": LICENCE_DECISION,
    "occurred_at": SHIPMENT,
    "as_of": INVENTORY,
}
HAPPENED = [
    *[(but(event, **{field: "2025-06-30T09:00:00+02:00"}), "2025-06-30T07:00") for field, event in INSTANTS.items()],
    (but(PRICE, as_of="2025-06-30T09:00:00Z"), "2025-06-30T09:00"),
    (but(MEASURE_CHANGE, announced_on="2025-06-30"), "2025-06-29T16:00"),
    (but(MEASURE_CHANGE, announced_on="2025-06-30", issuer="US"), "2025-06-30T04:00"),
    (but(MEASURE_CHANGE, announced_on="2025-06-30", issuer="EU"), "2025-06-29T22:00"),
    (but(LIST_CHANGE, announced_on="2025-06-30"), "2025-06-29T16:00"),
    (but(LIST_CHANGE, announced_on="2025-06-30", authority="US-BIS"), "2025-06-30T04:00"),
    (but(TRADE_FLOW, period="2025-06", reporter="JP"), "2025-06-30T15:00"),
    (but(TRADE_FLOW, period="2024", reporter="DE"), "2024-12-31T23:00"),
]
"""On the replay clock, which follows the events, it is seen where time stands afterwards."""


@pytest.mark.parametrize(
    ("event", "moment"), HAPPENED, ids=lambda value: value if isinstance(value, str) else value["kind"]
)
async def test_whole_days_begin_in_the_zone_of_whose_they_are(tmp_path: Path, event: Json, moment: str) -> None:
    begins = datetime(2024, 12, 1, tzinfo=UTC)
    clock = Clock.open(ClockSettings(data_dir=tmp_path, clock="replay", replay_from=begins))
    answer = await Ingest(ReplayedTime(clock)).post(event)
    assert answer.status_code == 202, answer.text
    assert clock.now() == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "event"),
    [*INSTANTS.items(), ("as_of", PRICE)],
    ids=lambda value: value if isinstance(value, str) else value["kind"],
)
async def test_five_minutes_ahead_are_taken_and_not_a_second_more(ingest: Ingest, field: str, event: Json) -> None:
    assert (await ingest.post(but(event, **{field: "2025-11-10T12:05:00Z"}))).status_code == 202
    answer = await ingest.post(but(event, **{field: "2025-11-10T12:05:01Z"}))
    message = f"lies more than 5 minutes after the system's clock: it is {rfc3339(NOW)}"
    assert answer.json()["errors"] == [{"loc": field, "message": message}]


@pytest.mark.parametrize(
    ("event", "field", "begins"),
    [
        (but(MEASURE_CHANGE, announced_on="2025-11-11"), "announced_on", datetime(2025, 11, 10, 16, tzinfo=UTC)),
        (but(LIST_CHANGE, announced_on="2025-11-11"), "announced_on", datetime(2025, 11, 10, 16, tzinfo=UTC)),
        (but(TRADE_FLOW, period="2025-11"), "period", datetime(2025, 11, 30, 16, tzinfo=UTC)),
    ],
    ids=["measure_change", "list_change", "trade_flow"],
)
async def test_a_day_is_taken_once_it_has_begun_where_it_was_announced(
    event: Json, field: str, begins: datetime
) -> None:
    time = StoppedTime(begins.replace(hour=15, minute=54, second=59))
    early = await Ingest(time).post(event)
    assert [error["loc"] for error in early.json()["errors"]] == [field]
    assert (await Ingest(StoppedTime(begins)).post(event)).status_code == 202


async def test_effect_and_end_may_lie_as_far_ahead_as_they_do(ingest: Ingest) -> None:
    act = but(MEASURE_CHANGE, effective_on="2026-12-01", until="2030-01-01")
    assert (await ingest.post(act)).status_code == 202
    assert (await ingest.post(but(LICENCE_DECISION, valid_until="2030-01-01"))).status_code == 202
