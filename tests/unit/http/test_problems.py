import re
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import FastAPI, Query
from pydantic import BaseModel, ConfigDict

from shared.contracts import alerts, base, customers, endpoints, events, keys
from shared.contracts.base import Instant
from shared.http.problems import Problem, problem_responses, speak_problems, unavailable
from shared.http.wording import PATTERNS_IN_WORDS
from tests.unit.http.asking import ask


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")
    metal: str
    kg: Annotated[float, Query(gt=0)]
    by: Instant


def app() -> FastAPI:
    made = FastAPI(responses=problem_responses(401, 422, 500))
    speak_problems(made)

    @made.post("/orders")
    async def order(order: Order, limit: Annotated[int, Query(le=500)] = 50) -> int:
        return limit

    @made.get("/broken")
    async def broken() -> None:
        raise RuntimeError("password=hunter2")

    @made.get("/away")
    async def away() -> None:
        raise unavailable("the broker does not answer", 2, results=[])

    return made


async def test_every_wrong_field_is_named_with_what_it_must_be() -> None:
    answer = await ask(app(), "POST", "/orders?limit=501", json={"kg": 0, "by": "2025-04-04T09:00:00", "metla": "tin"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "5 fields are not as they must be: see errors",
        "errors": [
            {"loc": "query.limit", "message": "must be less than or equal to 500"},
            {"loc": "body.metal", "message": "required"},
            {"loc": "body.kg", "message": "must be greater than 0"},
            {
                "loc": "body.by",
                "message": "must be an RFC 3339 time with its offset, such as 2025-04-04T09:00:00+08:00",
            },
            {"loc": "body.metla", "message": "unknown field"},
        ],
    }


async def test_a_body_that_is_no_json_says_where() -> None:
    answer = await ask(app(), "POST", "/orders", content=b'{"metal": }', headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"loc": "body", "message": "invalid JSON at character 10: Expecting value"}]


async def test_a_route_that_is_not_there_is_a_problem_too() -> None:
    answer = await ask(app(), "GET", "/nowhere")
    assert (answer.status_code, answer.json()["title"], answer.json()["errors"]) == (404, "Not Found", [])


async def test_a_method_that_is_not_there_says_which_are() -> None:
    answer = await ask(app(), "DELETE", "/orders")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_an_unexpected_error_says_nothing_of_its_inside() -> None:
    answer = await ask(app(), "GET", "/broken")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "hunter2" not in answer.text


async def test_a_problem_may_carry_headers_and_further_members() -> None:
    answer = await ask(app(), "GET", "/away")
    assert (answer.status_code, answer.headers["retry-after"], answer.json()["results"]) == (503, "2", [])


def test_a_problem_is_one_of_our_errors_and_says_what() -> None:
    assert str(Problem(404, "no customer acme").detail) == "no customer acme"


def test_the_openapi_document_shows_problems_and_not_the_frameworks_own_shape() -> None:
    document = app().openapi()
    responses = document["paths"]["/orders"]["post"]["responses"]
    assert set(responses["422"]["content"]) == {"application/problem+json"}
    assert "HTTPValidationError" not in document.get("components", {}).get("schemas", {})


@pytest.mark.parametrize("module", [alerts, base, customers, endpoints, events, keys])
def test_every_pattern_of_the_contracts_is_told_in_words(module: object) -> None:
    source = Path(str(module.__dict__["__file__"])).read_text()
    for pattern in re.findall(r'pattern=r"([^"]+)"', source):
        assert pattern in PATTERNS_IN_WORDS
