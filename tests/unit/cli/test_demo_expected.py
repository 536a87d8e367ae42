"""What is missing is said exactly: whom, and what."""

from datetime import UTC, date, datetime

import pytest

from services.cli.demo.customers import CHIPS, MAGNETS, MOTORS
from services.cli.demo.expected import Due, dues, missing
from services.cli.demo.story import scenes
from services.cli.demo.testing import alert, journal_of, line
from services.cli.demo.told import Journal, Line

ENOUGH = [alert(sequence) for sequence in range(1, 13)]


def due(customer: str, about: str) -> Due:
    return next(one for one in dues() if (one.customer, one.about) == (customer, about))


def lines(journal: Journal, *expected: Due, made: int = 0) -> list[str]:
    return missing(expected, {CHIPS: [alert(sequence) for sequence in range(1, made + 1)]}, journal)


def test_nothing_is_missing_where_everything_came() -> None:
    assert lines(journal_of(*ENOUGH), made=12) == []


def test_a_measure_that_nobody_was_told_of_is_named_with_the_customer() -> None:
    journal = journal_of(*ENOUGH)
    assert lines(journal, due(CHIPS, "CN-2023-23")) == [
        "Sendai Chips was never told of CN-2023-23 (China requires export licences for gallium and germanium items)"
    ]
    journal.take(line(alert(13, measures=("CN-2023-23",))))
    assert lines(journal, due(CHIPS, "CN-2023-23")) == []
    assert lines(journal, due(MAGNETS, "CN-2023-23")) != [], "another customer's message is none of hers"


def test_what_falls_due_by_itself_must_be_told_on_its_day() -> None:
    step = next(one for one in dues() if one.about == "CD-2025-001" and one.on == date(2025, 6, 8))
    assert step.is_due_in(next(scene for scene in scenes() if scene.day == step.on))
    told = [alert(day, MOTORS, datetime(2025, 6, day, tzinfo=UTC), measures=("CD-2025-001",)) for day in (8, 15)]
    assert [step.is_told_by(one) for one in journal_of(*told).told] == [True, False]


def test_a_decision_is_told_by_an_alert_about_the_licence() -> None:
    expected = due(MOTORS, "RM-2025-1")
    journal = journal_of(alert(1, MOTORS, kind="licence", title="Export licence RM-2025-1 for terbium granted"))
    assert any(map(expected.is_told_by, journal.told))


def test_a_report_is_told_by_a_signal_that_rests_on_it_and_is_about_the_material() -> None:
    expected = due(CHIPS, "article")
    published = datetime(2026, 1, 14, 1, 30, tzinfo=UTC)
    for fields, told in (
        ({"kind": "signal", "material": "gallium", "at": published}, True),
        ({"kind": "signal", "material": "tungsten", "at": published}, False),
        ({"kind": "measure", "material": "gallium", "at": published}, False),
        ({"kind": "signal", "material": "gallium", "at": published.replace(day=13)}, False),
    ):
        journal = journal_of(alert(1, **fields))  # type: ignore[arg-type]
        assert any(map(expected.is_told_by, journal.told)) is told


def test_a_sequence_that_never_came_is_named_with_its_title() -> None:
    journal = journal_of(*ENOUGH[:6], *ENOUGH[7:])
    assert lines(journal, made=13) == [
        "Sendai Chips: message 7 never came: Message 7",
        "Sendai Chips: message 13 never came: Message 13",
        "11 webhooks came, 12 are the least",
    ]
    assert "Sendai Chips: message 7 never came, and the API does not have it either" in lines(journal)


def test_one_sequence_under_two_ids_is_wrong_and_one_id_twice_is_not() -> None:
    journal = journal_of(*ENOUGH)
    journal.take(line(ENOUGH[2]))
    assert lines(journal) == []
    journal.take(line(ENOUGH[2], webhook_id="another"))
    assert lines(journal) == ["Sendai Chips: sequence 3 came under 2 webhook ids"]


def test_what_came_must_be_what_the_api_has() -> None:
    journal = journal_of(*ENOUGH[:11], alert(12, summary="something else"))
    assert lines(journal, made=12) == ["Sendai Chips: message 12 did not come as the API has it: Message 12"]


def test_refused_and_astray_messages_are_missing_trust() -> None:
    journal = journal_of(*ENOUGH)
    journal.take(Line(endpoint=CHIPS, webhook_id="forged", verified=False))
    journal.take(line(alert(1, MOTORS), webhook_id="lost", endpoint=CHIPS))
    assert lines(journal) == [
        "message forged did not verify",
        "message lost came to another customer's endpoint",
    ]


def test_a_text_that_names_a_supplier_of_the_silent_customer_is_a_leak() -> None:
    journal = journal_of(*ENOUGH, alert(1, MAGNETS, summary="Blue Ridge Alloys is on the list."))
    assert lines(journal) == ["Potomac Magnetics: message 1 names a supplier that must not leave"]


@pytest.mark.parametrize(
    ("again", "event_id"),
    [
        (datetime(2026, 1, 15, 1, 30, tzinfo=UTC), "article-again"),
        (datetime(2026, 6, 10, 1, 30, tzinfo=UTC), "article-months-later"),
        (datetime(2026, 2, 16, 1, 30, tzinfo=UTC), "sports"),
    ],
)
def test_a_text_that_comes_again_and_a_sports_page_must_tell_nobody(again: datetime, event_id: str) -> None:
    echo = alert(13, at=again, kind="signal")
    assert lines(journal_of(*ENOUGH, echo)) == [f"Sendai Chips: message 13 tells of {event_id}, which is no news"]


def test_the_article_makes_one_message_for_each_alert() -> None:
    posted = datetime(2026, 1, 14, 1, 30, tzinfo=UTC)
    twice = [alert(number, at=posted, kind="signal", id="one") for number in (13, 14)]
    assert lines(journal_of(*ENOUGH, *twice)) == ["Sendai Chips: the article made 2 messages of alert one"]


def test_every_customer_must_hear_of_measures_licences_and_news() -> None:
    assert {one.customer for one in dues()} == {CHIPS, MAGNETS, MOTORS}
    assert len({(one.customer, one.label) for one in dues()}) == len(dues()) > 30
