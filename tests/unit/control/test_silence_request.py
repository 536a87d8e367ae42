from datetime import UTC, datetime, timedelta

import pytest

from services.control.silences.request import SilenceRequest, checked
from shared.http.problems import Problem

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def request(**fields: object) -> SilenceRequest:
    return SilenceRequest.model_validate({"until": LATER, "customer_id": "acme"} | fields)


def faults(wrong: SilenceRequest) -> list[str]:
    with pytest.raises(Problem) as refused:
        checked(wrong, NOW)
    return [error["loc"] for error in refused.value.errors]


def test_a_material_is_kept_as_its_slug() -> None:
    kept = checked(request(matchers={"material": "Tb", "severity": "high", "measure": "CN-2025-18"}), NOW)
    assert kept.matchers == {"material": "terbium", "severity": "high", "measure": "CN-2025-18"}


@pytest.mark.parametrize(
    "matchers", [{"colour": "red"}, {"severity": "huge"}, {"kind": "weather"}, {"material": "unobtainium"}]
)
def test_a_matcher_that_no_alert_can_meet_is_named(matchers: dict[str, str]) -> None:
    assert faults(request(matchers=matchers)) == [f"body.matchers.{next(iter(matchers))}"]


def test_a_silence_that_is_over_before_it_begins_is_refused() -> None:
    assert faults(request(until=NOW)) == ["body.until"]
    assert faults(request(starts_at=LATER + timedelta(hours=1))) == ["body.until"]


def test_one_customer_may_be_silenced_whole_but_not_everybody() -> None:
    assert checked(request(), NOW).matchers == {}
    assert faults(request(customer_id=None)) == ["body.matchers"]
