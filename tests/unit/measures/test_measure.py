"""What a measure shows beside its state: history, clock, evidence, and how it looked with the knowledge of a day."""

from datetime import UTC, date, datetime

from shared.contracts.measures import Clock, MeasureEvidence, Widening
from tests.unit.measures.acts import act, on

IMPOSED = act("imposed", "2025-12-01", announced_on="2025-10-09", title="Licences for terbium")
SUSPENDED = act("suspended", "2025-11-07", until="2026-11-10")


def test_history_names_the_act_behind_each_state_and_none_where_a_clock_moved_it() -> None:
    measure = on("2026-11-11", IMPOSED, SUSPENDED)
    assert measure is not None
    assert [(entry.state, entry.confirmed, entry.act) for entry in measure.history] == [
        ("announced", True, IMPOSED.act),
        ("suspended", True, SUSPENDED.act),
        ("in_force", False, None),
    ]
    assert [entry.from_ for entry in measure.history] == [
        datetime(2025, 10, 8, 16, tzinfo=UTC),
        datetime(2025, 11, 6, 16, tzinfo=UTC),
        datetime(2026, 11, 10, 16, tzinfo=UTC),
    ]


def test_history_does_not_look_ahead() -> None:
    measure = on("2025-10-09", IMPOSED, SUSPENDED)
    assert measure is not None
    assert [entry.state for entry in measure.history] == ["announced"]


def test_the_clock_says_what_happens_next_by_itself() -> None:
    def clock(day: str, *acts: object) -> Clock | None:
        measure = on(day, *acts)  # type: ignore[arg-type]
        assert measure is not None
        return measure.clock

    assert clock("2025-10-10", IMPOSED) == Clock.model_validate(
        {"event": "takes_effect", "on": "2025-12-01", "days": 52}
    )
    ends = Clock.model_validate({"event": "suspension_ends", "on": "2026-11-10", "days": 7})
    assert clock("2026-11-03", IMPOSED, SUSPENDED) == ends
    assert clock("2026-11-12", IMPOSED, SUSPENDED) is None
    halt, lifted = (
        act("imposed", "2025-02-22", until="2025-10-15"),
        act("lifted", "2025-10-16", announced_on="2025-09-20"),
    )
    lapses = Clock.model_validate({"event": "lapses", "on": "2025-10-15", "days": 5})
    assert clock("2025-10-10", halt) == lapses
    assert clock("2025-10-10", halt, lifted) == lapses, "an end that an act has set is an end"


def test_until_and_suspended_until_are_those_said_by_that_day() -> None:
    halt, extended = act("imposed", "2025-02-22", until="2025-06-22"), act("extended", "2025-06-21", until="2025-09-21")
    early, late = on("2025-06-20", halt, extended), on("2025-06-21", halt, extended)
    assert early is not None
    assert str(early.until) == "2025-06-22"
    assert late is not None
    assert str(late.until) == "2025-09-21"
    expired = on("2026-11-11", IMPOSED, SUSPENDED)
    assert expired is not None
    assert expired.suspended_until is None


def test_what_was_not_known_yet_does_not_count() -> None:
    suspended = SUSPENDED.model_copy(update={"known_at": datetime(2026, 1, 1, tzinfo=UTC)})
    then = on("2025-12-02", IMPOSED, suspended, known_at=datetime(2025, 12, 31, tzinfo=UTC))
    now = on("2025-12-02", IMPOSED, suspended, known_at=datetime(2026, 1, 2, tzinfo=UTC))
    assert then is not None
    assert then.state == "in_force"
    assert now is not None
    assert now.state == "suspended"


def test_it_is_named_by_the_act_that_made_it() -> None:
    amended = act("amended", "2026-01-01", title="China names the firms")
    measure = on("2026-02-01", IMPOSED, amended)
    assert measure is not None
    assert (measure.act, measure.title) == (IMPOSED.act, "Licences for terbium")
    assert (str(measure.announced_on), str(measure.effective_on)) == ("2025-10-09", "2025-12-01")


def test_evidence_is_every_act_said_by_then() -> None:
    def gazette(day: str) -> MeasureEvidence:
        published_at = datetime.fromisoformat(day).replace(tzinfo=UTC)
        return MeasureEvidence(source="MOFCOM", published_at=published_at, asserted="asserted")

    acts = [
        IMPOSED.model_copy(update={"evidence": gazette("2025-10-09")}),
        SUSPENDED.model_copy(update={"evidence": gazette("2025-11-07")}),
    ]
    early, late = on("2025-10-10", *acts), on("2025-11-08", *acts)
    assert early is not None
    assert early.evidence == (gazette("2025-10-09"),)
    assert late is not None
    assert late.evidence == (gazette("2025-10-09"), gazette("2025-11-07"))


def test_it_says_by_which_acts_it_came_to_be_about_more() -> None:
    expanded = act("expanded", "2026-02-01", announced_on="2026-01-10", materials=("holmium",), title="Holmium too")
    before, after = on("2026-01-31", IMPOSED, expanded), on("2026-02-01", IMPOSED, expanded)
    assert before is not None
    assert after is not None
    assert before.widened == ()
    assert after.widened == (Widening(act=expanded.act, title="Holmium too", on=date(2026, 2, 1)),)
