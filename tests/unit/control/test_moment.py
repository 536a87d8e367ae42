from datetime import UTC, datetime

import pytest

from services.control.measures.moment import moment
from shared.http.problems import Problem

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_day_stands_for_its_end_in_the_issuers_zone() -> None:
    day = moment("2025-10-09", "as_of", NOW)
    assert day.of("CN") == datetime(2025, 10, 9, 15, 59, 59, 999_999, tzinfo=UTC)
    assert day.of("US") == datetime(2025, 10, 10, 3, 59, 59, 999_999, tzinfo=UTC)


def test_an_instant_is_the_same_everywhere() -> None:
    instant = moment("2025-10-09T08:00:00+08:00", "as_of", NOW)
    assert instant.of("CN") == instant.of("US") == datetime(2025, 10, 9, tzinfo=UTC)


def test_by_default_it_is_now() -> None:
    assert moment(None, "as_of", NOW).of("CN") == NOW


@pytest.mark.parametrize("value", ["", "yesterday", "2025-13-01", "2025-10-09T08:00:00", "20251009", "\x00"])
def test_anything_else_is_an_error_that_says_what_to_send(value: str) -> None:
    with pytest.raises(Problem) as refused:
        moment(value, "known_at", NOW)
    assert refused.value.errors[0]["loc"] == "query.known_at"
