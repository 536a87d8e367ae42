from ipaddress import ip_network

import pytest

from services.control.endpoints.config import checked
from shared.contracts.endpoints import EndpointConfig
from shared.http.problems import Problem
from tests.unit.http import hostile_headers

LOOPBACK = [ip_network("127.0.0.0/8")]


def config(**fields: object) -> EndpointConfig:
    return EndpointConfig.model_validate({"url": "http://127.0.0.1:9000/hook"} | fields)


async def faults(wrong: EndpointConfig) -> list[tuple[str, str]]:
    with pytest.raises(Problem) as refused:
        await checked(wrong, LOOPBACK)
    assert refused.value.status_code == 422
    return [(error["loc"], error["message"]) for error in refused.value.errors]


async def test_materials_become_slugs_and_repetitions_go() -> None:
    kept = await checked(
        config(materials=["Tb", "terbium", "gallium"], event_types=["alert.opened", "alert.opened"]), LOOPBACK
    )
    assert kept.materials == ("terbium", "gallium")
    assert kept.event_types == ("alert.opened",)


@pytest.mark.parametrize("name", hostile_headers.NAMES)
async def test_headers_that_are_ours_or_none_are_refused(name: str) -> None:
    [(loc, _)] = await faults(config(headers={name: "value"}))
    assert loc == "body.headers"


@pytest.mark.parametrize("value", hostile_headers.VALUES)
async def test_a_header_value_that_could_carry_more_than_itself_is_refused_and_not_repeated(value: str) -> None:
    [(loc, message)] = await faults(config(headers={"X-Token": value}))
    assert loc == "body.headers"
    assert "Injected" not in message


async def test_a_header_stands_once_however_it_is_spelled() -> None:
    [(_, message)] = await faults(config(headers={"X-Token": "1", "x-token": "2"}))
    assert "twice" in message


async def test_the_receivers_own_credentials_pass() -> None:
    headers = {"Authorization": "Bearer abc", "X-Team": "supply chain"}
    assert (await checked(config(headers=headers), LOOPBACK)).headers == headers


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "https://169.254.169.254/latest/meta-data", "https://[::1]/", "ftp://127.0.0.1/x"]
)
async def test_a_url_that_leads_inside_is_refused(url: str) -> None:
    [(loc, _)] = await faults(config(url=url))
    assert loc == "body.url"


async def test_a_url_that_did_not_change_is_not_looked_up_again() -> None:
    assert await checked(config(url="https://nowhere.invalid/x"), [], look_up=False)


async def test_an_endpoint_without_any_type_is_refused() -> None:
    assert await faults(config(event_types=[])) == [("body.event_types", "is empty: leave it out for every type")]
