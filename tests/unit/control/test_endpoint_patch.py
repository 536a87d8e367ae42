import pytest
from pydantic import JsonValue

from services.control.endpoints.patch import patched
from shared.contracts.endpoints import EndpointConfig
from shared.http.problems import Problem

CONFIG = EndpointConfig(url="https://example.com/hook", min_severity="high", rate_limit_per_s=5, headers={"X-A": "1"})


def test_what_is_named_changes_and_the_rest_stays() -> None:
    assert patched(CONFIG, {"min_severity": "info"}) == CONFIG.model_copy(update={"min_severity": "info"})


def test_null_takes_a_field_back_to_its_default() -> None:
    after = patched(CONFIG, {"min_severity": None, "rate_limit_per_s": None})
    assert after.min_severity == "warning"
    assert after.rate_limit_per_s is None


def test_headers_are_merged_one_by_one() -> None:
    assert patched(CONFIG, {"headers": {"X-B": "2"}}).headers == {"X-A": "1", "X-B": "2"}
    assert patched(CONFIG, {"headers": {"X-A": None}}).headers == {}


def test_a_header_is_the_same_however_it_is_spelt() -> None:
    assert patched(CONFIG, {"headers": {"x-a": None}}).headers == {}
    assert patched(CONFIG, {"headers": {"x-A": "2", "X-B": "3"}}).headers == {"x-A": "2", "X-B": "3"}


@pytest.mark.parametrize(
    ("patch", "loc"),
    [({"colour": "red"}, "body.colour"), ({"min_severity": "huge"}, "body.min_severity"), ({"url": None}, "body.url")],
)
def test_a_patch_that_gives_no_endpoint_names_the_field(patch: dict[str, JsonValue], loc: str) -> None:
    with pytest.raises(Problem) as refused:
        patched(CONFIG, patch)
    assert [error["loc"] for error in refused.value.errors] == [loc]
