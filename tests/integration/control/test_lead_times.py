"""Lead times while nothing answers where the registry should be."""

import pytest

from tests.integration.control.process import Running

pytestmark = pytest.mark.integration
ASKED = {"material": "terbium", "destination": "DE", "end_use": "civil"}


async def test_without_the_registry_one_is_told_to_ask_again(control: Running) -> None:
    async with control.client() as client:
        answer = await client.get("/licences/lead-times", params=ASKED)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert "registry" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("wrong", "loc"),
    [
        ({"material": "unobtainium"}, "query.material"),
        ({"destination": "XX"}, "query.destination"),
        ({"origin": "XX"}, "query.origin"),
        ({"end_use": "war"}, "query.end_use"),
    ],
)
async def test_what_is_asked_about_nothing_is_said_by_name(control: Running, wrong: dict[str, str], loc: str) -> None:
    async with control.client() as client:
        answer = await client.get("/licences/lead-times", params=ASKED | wrong)
    assert answer.status_code == 422
    assert [error["loc"] for error in answer.json()["errors"]] == [loc]
