"""News: each signal finds its story, adds evidence to the measures that its text names, and makes no measure."""

from typing import Any

import pytest

from shared.contracts.signals import Judgement, Novelty
from tests.unit.registry.world import World, imposed, measure_change, news, suspended


def novelties(*told: tuple[Judgement, str]) -> list[Novelty | None]:
    world = World()
    for judgement, when in told:
        world.put(judgement, when, judgement.event_id)
    return [signal.novelty for signal in world.signals()]


def test_a_first_report_is_new_and_reaches_the_scorers() -> None:
    world = World()
    change = world.put(news(published="2026-01-10"), "2026-01-10T02:00", "event-1")
    assert change is not None
    assert (change.cause, change.title) == ("judgement", "China tightens its grip on terbium")
    assert change.source is not None
    assert (change.source.name, change.source.type) == ("Reuters", "newswire")
    (signal,) = change.signals
    assert signal.novelty == "new"
    assert signal.story_id is not None
    assert world.signals() == [signal]
    assert change.measures == ()


def test_the_same_judgement_again_says_nothing_at_all() -> None:
    world = World()
    judgement = news(published="2026-01-10")
    world.put(judgement, "2026-01-10T02:00", "event-1")
    said = len(world.said)
    assert world.put(judgement, "2026-01-11T02:00", "event-1") is None
    assert len(world.said) == said


def test_a_copy_of_the_text_is_shown_as_a_duplicate_and_changes_nothing() -> None:
    world = World()
    world.put(news(published="2026-01-10", text="a"), "2026-01-10T02:00", "event-1")
    assert world.put(news(published="2026-01-11", source="AP", text="a"), "2026-01-11T02:00", "event-2") is None
    first, second = world.signals()
    assert (second.novelty, second.story_id) == ("duplicate", first.story_id)


def test_a_copy_is_recognised_for_400_days_and_is_no_news_whatever_date_line_it_carries() -> None:
    world = World()
    world.put(news(published="2026-01-10", text="a"), "2026-01-10T02:00", "event-1")
    world.days("2026-01-11", "2027-02-12")
    assert world.put(news(published="2027-02-12", text="a"), "2027-02-12T02:00", "event-2") is None
    first, again = world.signals()
    assert (again.novelty, again.story_id) == ("stale", first.story_id)


def test_a_text_not_seen_for_longer_is_forgotten() -> None:
    world = World()
    world.put(news(published="2026-01-10", text="a"), "2026-01-10T02:00", "event-1")
    world.days("2026-01-11", "2027-02-16")
    assert world.put(news(published="2027-02-16", text="a"), "2027-02-16T02:00", "event-2") is not None


def test_within_a_week_another_source_adds_to_the_story_and_the_same_one_repeats_it() -> None:
    assert novelties(
        (news(published="2026-01-10"), "2026-01-10T02:00"),
        (news("Beijing curbs terbium", published="2026-01-11", source="AP"), "2026-01-11T02:00"),
        (news("More on terbium", published="2026-01-12"), "2026-01-12T02:00"),
        (news("Terbium again", published="2026-01-18", source="AP"), "2026-01-18T02:00"),
        (news("Late to terbium", published="2026-01-19", source="Blog"), "2026-01-19T02:00"),
    ) == ["new", "update", "duplicate", "duplicate", "duplicate"]


def test_after_a_week_of_silence_the_same_proposition_is_another_story() -> None:
    assert novelties(
        (news(published="2026-01-10"), "2026-01-10T02:00"),
        (news("Another step", published="2026-01-20"), "2026-01-20T02:00"),
    ) == ["new", "new"]


def test_two_acts_months_apart_are_two_stories_although_told_together() -> None:
    world = World()
    for day in ("2025-05-12", "2025-07-19", "2025-07-20"):
        world.put(news(f"Campaign of {day}", published="2026-01-10", occurred_on=day), "2026-01-10T02:00", day)
    stories = [signal.story_id for signal in world.signals()]
    assert stories[0] != stories[1] == stories[2]


@pytest.mark.parametrize(
    "other",
    [
        {"asserted": "expected"},
        {"materials": ("holmium",)},
        {"issuer": "US"},
        {"type": "control_lifted"},
    ],
)
def test_other_claims_are_other_stories(other: dict[str, Any]) -> None:
    assert novelties(
        (news(published="2026-01-10"), "2026-01-10T02:00"),
        (news("Another", published="2026-01-10", source="AP", **other), "2026-01-10T03:00"),
    ) == ["new", "new"]


@pytest.mark.parametrize(
    ("when", "dates", "novelty"),
    [
        ("its act was thirty days ago", {"occurred_on": "2026-01-01"}, "new"),
        ("its act was longer ago, the text is of today", {"occurred_on": "2025-12-31"}, "stale"),
        ("only its effect is long past", {"effective_on": "2024-01-01"}, "new"),
        ("its effect is to come, its act is old", {"effective_on": "2026-06-01", "occurred_on": "2025-06-01"}, "stale"),
    ],
)
def test_news_is_what_was_done_within_30_days(when: str, dates: dict[str, Any], novelty: str) -> None:
    assert novelties((news(published="2026-01-31", **dates), "2026-01-31T02:00")) == [novelty], when


def test_an_old_text_posted_today_is_history() -> None:
    assert novelties((news(published="2025-11-30"), "2026-01-31T02:00")) == ["stale"]


def test_history_is_recorded_and_passed_on_once() -> None:
    world = World()
    change = world.put(news(published="2025-05-14"), "2026-01-31T02:00", "event-1")
    assert change is not None
    assert [signal.novelty for signal in change.signals] == ["stale"]
    assert world.put(news("Retold", published="2025-05-14"), "2026-01-31T03:00", "event-2") is None


def test_the_announcement_of_the_measure_that_it_names_dates_a_signal() -> None:
    world = World()
    world.put(imposed(), "2025-10-09T02:00")
    retold = news("What Announcement No. 61 means", published="2026-01-31")
    change = world.put(retold, "2026-01-31T02:00", "event-1")
    assert change is not None
    assert change.signals[0].novelty == "stale"


def test_it_adds_evidence_to_the_measure_that_it_names() -> None:
    world = World()
    world.put(imposed(), "2025-10-09T02:00")
    before = world.measure("CN-2025-61").belief
    change = world.put(
        news("China's Announcement No. 61 of 2025", published="2025-10-10"), "2025-10-10T02:00", "event-1"
    )
    assert change is not None
    (measure,) = change.measures
    assert measure.belief > before
    assert [evidence.source for evidence in measure.evidence] == ["MOFCOM", "Reuters"]
    assert change.transitions == ()
    assert world.put(news("No. 61 of 2025 again", published="2025-10-10"), "2025-10-10T03:00", "event-2") is None


def test_it_moves_no_state() -> None:
    world = World()
    world.put(imposed(), "2025-10-09T02:00")
    lifted = news("CN-2025-61 is lifted", published="2025-10-10", type="control_lifted", direction="easing")
    change = world.put(lifted, "2025-10-10T02:00", "event-1")
    assert change is not None
    assert change.transitions == ()
    assert (change.measures[0].state, change.measures[0].contested) == ("in_force", True)


RETURNED: dict[str, Any] = {"occurred_on": "2026-11-11"}
"""The day after the suspension."""


def after_the_suspension(*told: Judgement) -> World:
    world = World()
    world.put(imposed(), "2025-10-09T02:00")
    world.put(suspended(), "2025-11-07T02:00")
    world.tick("2026-11-11")
    for number, judgement in enumerate(told):
        world.put(judgement, judgement.published_at, f"event-{number}")
    return world


def test_two_independent_sources_confirm_that_an_expired_suspension_is_over() -> None:
    """Whether they tell one story or two."""
    first = news("CN-2025-61 is back", published="2026-11-12T03:00", **RETURNED)
    for materials in (("terbium",), ("terbium", "holmium")):
        world = after_the_suspension(first)
        assert not world.measure("CN-2025-61").confirmed
        second = news(
            "CN-2025-61 applies", published="2026-11-13T03:00", source="Nikkei", materials=materials, **RETURNED
        )
        change = world.put(second, "2026-11-13T04:00", "event-2")
        assert change is not None
        (transition,) = change.transitions
        assert (transition.state, transition.confirmed, transition.act) == ("in_force", True, None)


@pytest.mark.parametrize("dates", [{}, {"occurred_on": "2025-10-09"}])
def test_who_tells_again_how_it_began_confirms_no_return(dates: dict[str, str]) -> None:
    world = after_the_suspension(
        news("China's Announcement No. 61 of 2025", published="2026-11-12T03:00", source="Digest", **dates),
        news("CN-2025-61, a look back", published="2026-11-13T03:00", source="Nikkei", materials=("holmium",), **dates),
        news("CN-2025-61 is back", published="2026-11-14T03:00", **RETURNED),
    )
    measure = world.measure("CN-2025-61")
    assert (measure.state, measure.confirmed) == ("in_force", False)
    assert {"Digest", "Reuters"} <= {evidence.source for evidence in measure.evidence}


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("CN-2025-61 in force", {"CN-2025-61"}),
        ("Announcement No. 61 of 2025", {"CN-2025-61"}),
        ("Announcement 61", {"CN-2025-61"}),
        ("announcement No. 70 suspends", {"CN-2025-61", "CN-2025-57"}),
        ("商务部公告2025年第61号", {"CN-2025-61"}),
        ("Notice No. 57 on terbium", {"CN-2025-57"}),
        ("China, the No. 1 producer", set()),
        ("Announcement No. 61 of 2024", set()),
        ("61 firms", set()),
    ],
)
def test_which_measures_a_text_names(title: str, named: set[str]) -> None:
    world = World()
    world.put(imposed(), "2025-10-09T02:00")
    world.put(imposed(act="CN-2025-57", ref="CN-2025-57", materials=["holmium", "terbium"]), "2025-10-09T02:00")
    world.put(imposed(act="CN-2025-1", ref="CN-2025-1"), "2025-10-09T02:00")
    for ref in ("CN-2025-61", "CN-2025-57"):
        world.put(suspended(ref=ref), "2025-11-07T02:00")
    change = world.put(news(title, published="2025-11-08"), "2025-11-08T02:00", "event-1")
    assert change is not None
    assert {measure.id for measure in change.measures} == named


def test_a_number_means_the_announcement_about_these_materials() -> None:
    world = World()
    world.put(
        measure_change("imposed", act="CN-2024-46", ref="CN-2024-46", effective_on="2024-12-03"), "2024-12-03T02:00"
    )
    cobalt = measure_change(
        "imposed", act="CN-2025-46", ref="CN-2025-46", effective_on="2025-12-03", materials=["cobalt"]
    )
    world.put(cobalt, "2025-12-03T02:00")
    change = world.put(news("Announcement No. 46", published="2025-12-04"), "2025-12-04T02:00", "event-1")
    assert change is not None
    assert [measure.id for measure in change.measures] == ["CN-2024-46"]


def test_a_text_without_signals_changes_nothing() -> None:
    world = World()
    empty = news(published="2026-01-10").model_copy(update={"signals": ()})
    assert world.put(empty, "2026-01-10T02:00", "event-1") is None
    assert world.said == []
