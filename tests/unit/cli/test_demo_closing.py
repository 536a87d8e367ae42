"""The closing table: days between being told and the effect."""

from datetime import UTC, date, datetime

from services.cli.demo.closing import Row, rows
from services.cli.demo.customers import CHIPS, MAGNETS, MOTORS
from services.cli.demo.testing import alert, journal_of
from shared.contracts.alerts import AlertData

GALLIUM = "China requires export licences for gallium and germanium items"
BAN = "China bars gallium, germanium, antimony and superhard materials from the US in principle"


def about(ref: str, day: date, sequence: int, customer: str, kind: str = "measure") -> AlertData:
    at = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    return alert(sequence, customer, at, measures=(ref,), kind=kind)


def row(label: str, *said: AlertData) -> Row:
    return next(row for row in rows(journal_of(*said)) if row.label == label)


def test_lead_days_count_from_the_first_message_to_the_effect() -> None:
    found = row(
        GALLIUM,
        about("CN-2023-23", date(2023, 7, 3), 1, CHIPS),
        about("CN-2023-23", date(2023, 8, 1), 2, CHIPS),
        about("CN-2023-23", date(2023, 7, 3), 1, MAGNETS),
    )
    assert (found.first, found.on, found.lead_days) == (date(2023, 7, 3), date(2023, 8, 1), 29)
    assert (set(found.told), found.unaware) == ({CHIPS, MAGNETS}, ())


def test_who_was_not_told_is_named() -> None:
    assert row(GALLIUM, about("CN-2023-23", date(2023, 7, 3), 1, CHIPS)).unaware == (MAGNETS,)


def test_the_end_of_a_pause_is_told_by_its_ladder_not_by_its_beginning() -> None:
    found = row(
        f"The pause is over: {BAN}",
        about("CN-2024-46/2", date(2024, 12, 3), 1, MAGNETS),
        about("CN-2024-46/2", date(2025, 11, 9), 2, MAGNETS),
        about("CN-2024-46/2", date(2026, 9, 28), 3, MAGNETS, kind="expiry"),
    )
    assert (found.first, found.on, found.lead_days) == (date(2026, 9, 28), date(2026, 11, 28), 61)


def test_a_prolongation_is_no_effect_and_a_lift_is_one() -> None:
    labels = [row.label for row in rows(journal_of(about("CD-2025-001", date(2025, 2, 22), 1, MOTORS)))]
    assert "DR Congo ends the cobalt export halt from 16 October 2025" in labels
    assert not any("prolongs" in label for label in labels)
