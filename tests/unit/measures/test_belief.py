"""What the news adds: belief, contradiction, and the return of a measure whose suspension ran out."""

from datetime import date

import pytest

from shared.contracts.measures import Measure, Report
from tests.unit.measures.acts import act, on, report, state

IMPOSED = act("imposed", "2025-10-09")
SUSPENDED = act("suspended", "2025-11-07", until="2026-11-10")


def with_reports(*reports: Report, day: str = "2025-10-20") -> Measure:
    measure = on(day, IMPOSED, SUSPENDED, reports=reports)
    assert measure is not None
    return measure


def test_the_gazette_alone_is_near_certain() -> None:
    assert with_reports().belief == pytest.approx(0.99)


def test_reports_raise_it_and_denials_lower_it() -> None:
    said = report("control_imposed", "2025-10-10")
    denied = report("control_imposed", "2025-10-11", story="other", source="AP", asserted="denied")
    assert with_reports(said).belief > with_reports().belief > with_reports(denied).belief
    assert with_reports(denied).belief < with_reports(said, denied).belief < with_reports(said).belief


def test_copies_of_one_story_are_one_piece_of_evidence() -> None:
    said = report("control_imposed", "2025-10-10")
    copied = report("control_imposed", "2025-10-11", source="Aggregator", reliability=0.6)
    assert with_reports(said, copied).belief == with_reports(said).belief


def test_a_serious_contradiction_makes_it_contested_a_rumour_does_not() -> None:
    denied = report("control_imposed", "2025-10-10", asserted="denied")
    assert with_reports(denied).contested
    assert not with_reports(denied.model_copy(update={"reliability": 0.52})).contested
    assert not with_reports(report("control_lifted", "2025-10-10", asserted="speculated")).contested
    assert with_reports(report("control_lifted", "2025-10-10")).contested


def test_what_was_written_about_an_earlier_state_does_not_count() -> None:
    suspension = report("control_suspended", "2025-11-08")
    assert with_reports(suspension, day="2025-12-01").belief > 0.99
    assert not with_reports(suspension, day="2026-12-01").contested


def test_a_grant_contradicts_no_licence_requirement() -> None:
    assert with_reports(report("licence_granted", "2025-10-10")).belief == with_reports().belief


def test_reports_are_evidence_from_their_publication_on() -> None:
    said = report("control_imposed", "2025-10-10")
    assert with_reports(said).evidence == (said.evidence,)
    assert with_reports(said, day="2025-10-09").evidence == ()


def test_two_independent_sources_confirm_the_return() -> None:
    one = report("control_imposed", "2026-11-12", story="one", source="Reuters")
    two = report("control_imposed", "2026-11-14", story="two", source="Nikkei")
    assert state("2026-11-13", IMPOSED, SUSPENDED, reports=(one, two)) == "in_force, unconfirmed"
    assert state("2026-11-14", IMPOSED, SUSPENDED, reports=(two, one)) == "in_force"
    confirmed = on("2026-11-15", IMPOSED, SUSPENDED, reports=(one, two))
    assert confirmed is not None
    assert confirmed.history[-1].act is None


def test_two_who_tell_one_story_are_two() -> None:
    one = report("control_imposed", "2026-11-12", source="Reuters")
    two = report("control_imposed", "2026-11-14", source="Nikkei", occurred_on=date(2026, 11, 11))
    assert state("2026-11-20", IMPOSED, SUSPENDED, reports=(one, two)) == "in_force"


@pytest.mark.parametrize(
    ("why_not", "second"),
    [
        ("history", report("control_imposed", "2026-11-14", story="two", source="Nikkei", is_history=True)),
        ("of the first act", report("control_imposed", "2026-11-14", source="Nikkei", occurred_on=date(2026, 11, 9))),
        ("the same source", report("control_imposed", "2026-11-14", story="two", source="Reuters")),
        ("too weak a source", report("control_imposed", "2026-11-14", story="two", source="X", reliability=0.55)),
        ("a rumour", report("control_imposed", "2026-11-14", story="two", source="Nikkei", asserted="expected")),
        ("written before", report("control_imposed", "2026-11-09", story="two", source="Nikkei")),
        ("of something else", report("licence_granted", "2026-11-14", story="two", source="Nikkei")),
    ],
)
def test_one_source_does_not(why_not: str, second: Report) -> None:
    one = report("control_imposed", "2026-11-12", story="one", source="Reuters")
    assert state("2026-11-20", IMPOSED, SUSPENDED, reports=(one, second)) == "in_force, unconfirmed", why_not
