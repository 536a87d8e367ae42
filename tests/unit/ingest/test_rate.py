"""How often a key may ask: the development key as often as it likes, others so many times a minute."""

import pytest

from services.ingest.testing import KEY, Ingest
from shared.http.rate import RateLimit
from tests.unit.ingest.events import NEWS

GET = "/v1/events"
"""405, once a key has passed: the cheapest question."""


@pytest.fixture
def seconds(ingest: Ingest) -> list[float]:
    """What the clock of the limit shows; the last counts."""
    shown = [0.0]
    ingest.ring.limit = RateLimit(lambda: shown[-1])
    return shown


async def asked(ingest: Ingest, key: str, times: int) -> list[int]:
    headers = {"authorization": f"Bearer {key}"}
    return [(await ingest.ask("GET", GET, headers=headers)).status_code for _ in range(times)]


@pytest.mark.usefixtures("seconds")
async def test_one_request_too_many_is_told_when_to_come_again_before_it_is_looked_at(ingest: Ingest) -> None:
    ingest.add_key("ck_slow", requests_per_minute=2)
    await asked(ingest, "ck_slow", 2)
    refused = await ingest.post(b"no json", key="ck_slow")
    assert (refused.status_code, refused.headers["content-type"]) == (429, "application/problem+json")
    assert refused.headers["retry-after"] == "30"
    assert "may make 2 requests a minute" in refused.json()["detail"]
    assert (await ingest.post(NEWS)).status_code == 202, "another key's rate is its own"


async def test_a_minutes_worth_at_once_and_then_ten_a_second(ingest: Ingest, seconds: list[float]) -> None:
    ingest.add_key("ck_usual", requests_per_minute=600)
    assert await asked(ingest, "ck_usual", 601) == [405] * 600 + [429]
    seconds.append(1.0)
    assert await asked(ingest, "ck_usual", 11) == [405] * 10 + [429]


@pytest.mark.usefixtures("seconds")
async def test_a_key_without_a_limit_is_never_held_up(ingest: Ingest) -> None:
    assert set(await asked(ingest, KEY, 700)) == {405}
