"""What an alert is about, found by its id."""

import pytest

from services.control.tracing.about import about_of
from services.scorer.testing import measure, signal
from shared.contracts.alerts import AlertData
from shared.domain.alerts.causes import alert_id
from tests.unit.control.test_alert_rules import alert


@pytest.mark.parametrize("about", ["measure/CN-1", "story/story-1", "material/terbium", "licence/L-7"])
def test_the_one_that_gives_its_id(about: str) -> None:
    assert found(about) == about


def test_none_where_it_is_not_known_any_more() -> None:
    assert found("story/another") is None


def found(about: str) -> str | None:
    given: AlertData = alert(id=alert_id("acme", about), material="terbium")
    titles = ["Export licence L-7 for terbium denied"]
    return about_of(given, [measure("CN-0"), measure("CN-1")], [signal("story-1")], titles)
