"""Who speaks of the world is known, with the pause that is usual for it: so that its silence is noticed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY

from services.ingest import door
from services.ingest import sources as sources_module
from services.ingest.sources import KEPT, Source, Sources
from services.ingest.testing import BEARER, Ingest
from shared.clock import real_now
from shared.metrics import SOURCE_AGE_SECONDS, SOURCE_RHYTHM_SECONDS
from tests.unit.ingest.events import INVENTORY, NEWS

NOON = datetime(2025, 11, 10, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def nobody_heard_yet() -> Iterator[None]:
    SOURCE_AGE_SECONDS.clear()
    SOURCE_RHYTHM_SECONDS.clear()
    yield
    SOURCE_AGE_SECONDS.clear()
    SOURCE_RHYTHM_SECONDS.clear()


def shown(metric: str, name: str) -> float | None:
    return REGISTRY.get_sample_value(f"chokepoint_source_{metric}_seconds", {"source": name})


def heard(*moments: timedelta) -> Source:
    source = Source(NOON, NOON)
    for moment in moments:
        source.heard(NOON + moment)
    return source


async def test_a_source_is_heard_by_what_is_taken_of_it_were_it_known_already(monkeypatch: pytest.MonkeyPatch) -> None:
    ingest, name = Ingest(), NEWS["source"]["name"]
    await ingest.post(NEWS | {"title": ""})
    assert shown("age", name) is None
    await ingest.post(NEWS)
    assert 0 <= (shown("age", name) or -1) < HOUR.total_seconds()
    for module in (sources_module, door):
        monkeypatch.setattr(module, "real_now", lambda: real_now() + HOUR)
    assert (shown("age", name) or 0) >= HOUR.total_seconds()
    await ingest.post(NEWS)
    assert (shown("age", name) or 0) < HOUR.total_seconds()


async def test_what_a_customer_says_of_itself_is_no_feed() -> None:
    await Ingest().post(INVENTORY)
    assert shown("age", INVENTORY["source"]["name"]) is None


async def test_a_copy_tells_whom_it_has_heard_to_who_may_see_the_coverage() -> None:
    ingest, name = Ingest(), NEWS["source"]["name"]
    ingest.add_key("ck_sender", scopes=["events:write"])
    await ingest.post(NEWS)
    await ingest.post(INVENTORY)
    told = (await ingest.ask("GET", "/sources", headers=BEARER)).json()
    [source] = told["items"]
    assert source["name"] == name
    assert 0 <= source["age_s"] < 5
    assert "rhythm_s" not in source
    assert told["since"] < f"{datetime.now(UTC):%FT%TZ}"
    refused = await ingest.ask("GET", "/sources", headers={"authorization": "Bearer ck_sender"})
    assert (refused.status_code, (await ingest.ask("GET", "/sources")).status_code) == (403, 401)


def test_who_spoke_once_or_for_some_minutes_has_no_rhythm() -> None:
    assert heard().rhythm is None
    assert heard(*(timedelta(seconds=each) for each in range(0, 599, 5))).rhythm is None
    assert heard(HOUR, 2 * HOUR).rhythm is None
    assert heard(HOUR, 2 * HOUR, 3 * HOUR).rhythm == HOUR


def test_fifty_texts_once_a_day_are_the_rhythm_of_a_day() -> None:
    texts = [day * DAY + timedelta(seconds=number) for day in range(6) for number in range(50)]
    rhythm = heard(*texts).rhythm
    assert rhythm is not None
    assert 0.99 * DAY < rhythm <= DAY


def test_nights_are_usual_and_fade_when_there_are_none_any_more() -> None:
    working = [day * DAY + hour * HOUR for day in range(3) for hour in range(9)]
    by_night = [3 * DAY + number * HOUR / 2 for number in range(14 * 48)]
    after, later = heard(*working).rhythm, heard(*working, *by_night).rhythm
    assert after is not None
    assert later is not None
    assert 15 * HOUR < after <= 16 * HOUR
    assert later < 5 * HOUR


def test_an_outage_does_not_make_the_next_one_usual() -> None:
    regular = [number * DAY for number in range(1, 5)]
    rhythm = heard(*regular, 40 * DAY).rhythm
    assert rhythm is not None
    assert rhythm <= 2 * DAY


def test_a_flood_of_names_does_not_push_out_who_comes_always() -> None:
    sources = Sources()
    for hour in range(4):
        sources.heard(["wire"], NOON + hour * HOUR)
    for number in range(3 * KEPT):
        sources.heard([f"name-{number}"], NOON + 5 * HOUR)
    assert shown("rhythm", "wire") == 3_600
    assert shown("age", "wire") is not None
    assert shown("age", "name-0") is None
    [ages] = SOURCE_AGE_SECONDS.collect()
    assert len(ages.samples) == KEPT


def test_who_was_not_heard_for_longest_goes_first_with_all_that_is_shown_of_it() -> None:
    sources = Sources()
    for hour in range(4):
        sources.heard([f"wire-{number}" for number in range(KEPT)], NOON + hour * HOUR)
    sources.heard([f"wire-{number}" for number in range(1, KEPT)], NOON + 5 * HOUR)
    sources.heard(["new"], NOON + 6 * HOUR)
    assert (shown("age", "wire-0"), shown("rhythm", "wire-0")) == (None, None)
    assert shown("age", "new") is not None
