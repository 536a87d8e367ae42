"""How many days before a control bit a buyer was told: by the announcement, or by the ladder of a suspension."""

from datetime import UTC, date, datetime
from typing import Any

from services.cli.backtest.archetypes import ARCHETYPES
from services.cli.backtest.lead import bites
from services.cli.backtest.plot import draw
from services.cli.backtest.table import summary_of
from services.scorer.testing import measure
from shared.catalog.materials import materials
from shared.contracts.alerts import Body
from shared.contracts.measures import HistoryEntry, Measure

SINCE = date(2025, 1, 1)


def moved(*states: tuple[str, str], **words: Any) -> Measure:
    """States of CN-1, each from the beginning of a day in China."""
    history = [
        HistoryEntry.model_validate({"state": state, "from": f"{day}T00:00:00+08:00", "known_at": f"{day}T00:00:00Z"})
        for day, state in states
    ]
    return measure(history=history, **words)


def alert(moment: str, kind: str = "measure", ref: str = "CN-1") -> Body:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    data: dict[str, Any] = {
        "id": "a",
        "customer_id": "c",
        "kind": kind,
        "severity": "high",
        "status": "open",
        "title": "t",
    }
    data |= {"summary": "s", "measures": [ref], "sequence": 1, "revision": 1, "links": {}}
    data |= {"opened_at": at.isoformat(), "updated_at": at.isoformat()}
    return Body.model_validate({"type": "alert.opened", "timestamp": at, "data": data})


def ahead(given: Measure, *told: Body) -> list[tuple[str, int | None]]:
    found = bites([given], {"acme": told}, SINCE)
    return [(str(bite.on), bite.days_ahead["acme"]) for bite in found]


def test_an_announcement_is_ahead_by_the_days_until_it_takes_effect() -> None:
    given = moved(("2025-03-01", "announced"), ("2025-04-01", "in_force"))
    assert ahead(given, alert("2025-03-02T01:00"), alert("2025-03-31T16:00")) == [("2025-04-01", 30)]


def test_a_notice_that_takes_effect_at_once_leaves_no_day() -> None:
    assert ahead(moved(("2025-04-01", "in_force")), alert("2025-03-31T16:00")) == [("2025-04-01", 0)]


def test_of_a_suspension_the_ladder_counts_and_not_its_first_day() -> None:
    given = moved(("2025-03-01", "in_force"), ("2025-04-01", "suspended"), ("2025-10-01", "in_force"))
    told = [alert("2025-02-28T16:00"), alert("2025-03-31T16:00"), alert("2025-08-01T16:00", "expiry")]
    assert ahead(given, *told) == [("2025-03-01", 0), ("2025-10-01", 60)]


def test_who_is_told_late_is_told_so_many_days_too_late() -> None:
    given = moved(("2025-04-01", "in_force"), ("2025-05-01", "suspended"))
    assert ahead(given, alert("2025-04-03T01:00")) == [("2025-04-01", -2)]
    assert ahead(given, alert("2025-05-03T01:00")) == []


def test_what_concerns_nobody_is_left_out_and_so_is_what_was_long_ago() -> None:
    given = moved(("2025-04-01", "in_force"))
    assert ahead(given, alert("2025-03-31T16:00", ref="CN-2"), alert("2025-03-31T16:00", "licence")) == []
    assert ahead(moved(("2024-04-01", "in_force")), alert("2024-03-31T16:00")) == []


def test_what_goes_on_under_another_act_does_not_bite_again() -> None:
    given = moved(("2025-03-01", "in_force"), ("2025-05-01", "in_force"))
    assert ahead(given, alert("2025-02-28T16:00"), alert("2025-05-01T16:00")) == [("2025-03-01", 0)]


def test_the_picture_has_a_dot_for_each_warning() -> None:
    given = moved(("2025-03-01", "announced"), ("2025-04-01", "in_force"), title="Licences <for> all")
    told = {name: [alert("2025-03-02T01:00")] if name in {"motors", "tools"} else [] for name in ARCHETYPES}
    found = bites([given], told, SINCE)
    picture = draw(found, ARCHETYPES)
    assert picture.count("days ahead</title>") == 2
    assert "&lt;for&gt;" in picture
    assert "2 warnings to five buyers, 2 of them before the day" in summary_of(found)


def test_the_buyers_buy_what_the_catalogue_knows() -> None:
    assert all(each.material in materials() for buyer in ARCHETYPES.values() for each in buyer.exposures)
