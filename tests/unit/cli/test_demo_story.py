"""What the demo posts, and in which order."""

from datetime import date, datetime, timedelta
from itertools import pairwise

from pydantic import TypeAdapter

from services.cli.demo.customers import CUSTOMERS
from services.cli.demo.events import ARTICLE, LAST_DAY, OTHER_BYLINE, Json, article_events, noon
from services.cli.demo.story import Scene, scenes, timeline
from shared.clock import LARGEST_REPLAY_STEP
from shared.contracts.events import AnyEvent

EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)
STORY = scenes()
POSTED = [event for scene in STORY for event in (*scene.world, *scene.own)]


def on(day: date) -> Scene:
    return next(scene for scene in STORY if scene.day == day)


def of_kind(*kinds: str) -> list[Json]:
    return [event for event in POSTED if event["kind"] in kinds]


def test_everything_is_an_event_of_the_contract() -> None:
    for event in POSTED:
        EVENT.validate_python(event | {"source": event["source"]}, strict=False)


def test_days_follow_each_other_in_steps_that_the_replay_clock_takes() -> None:
    days = [date(2023, 1, 1), *(scene.day for scene in STORY)]
    assert all(timedelta() < later - earlier < LARGEST_REPLAY_STEP for earlier, later in pairwise(days))
    assert days[-1] == LAST_DAY


def test_every_act_of_the_years_is_posted_once_and_reports_of_acts_as_news() -> None:
    acts = [act for act in timeline() if act["kind"] != "signal"]
    assert [event["id"] for event in of_kind("measure_change", "list_change")] == [act["id"] for act in acts]
    campaign = next(event for event in of_kind("news") if event["id"] == "CN-2025-05-09-ENF")
    assert campaign["title"] == "China opens a campaign against smuggling of strategic minerals (Shenzhen meeting)"


def test_each_day_ends_at_noon_with_a_price_that_moves_the_clock_before_a_buyer_posts() -> None:
    for scene in STORY:
        assert scene.world[-1]["kind"] == "price"
        assert datetime.fromisoformat(str(scene.world[-1]["as_of"])) == noon(scene.day)


def test_each_buyer_has_business_of_its_own_on_the_last_day() -> None:
    assert {event["customer_id"] for event in on(LAST_DAY).own} == set(CUSTOMERS)


def test_a_day_on_which_something_falls_due_is_a_scene_and_says_what() -> None:
    assert on(date(2023, 8, 1)).headlines == (
        "In effect from today: China requires export licences for gallium and germanium items (CN-2023-23)",
    )
    ladder = [LAST_DAY - timedelta(days=1 + days) for days in (60, 30, 14, 7, 1, 0)]
    told = [line for day in ladder for line in on(day).headlines if "CN-2024-46/2" in line]
    assert [line.partition(" ends ")[2].partition(",")[0] for line in told] == [
        "in 60 days", "in 30 days", "in 14 days", "in 7 days", "tomorrow", "today",
    ]  # fmt: skip


def test_what_a_later_act_overtakes_is_no_scene() -> None:
    """The halt of cobalt was prolonged the day before its end: that end came and went unnoticed."""
    assert all(scene.day != date(2025, 6, 22) for scene in STORY)


def test_the_article_is_long_and_cluttered_and_comes_again_on_another_site_and_under_another_headline() -> None:
    text = ARTICLE.read_text()
    assert 850 < len(text.split()) < 1_000
    assert "cookies" in text
    assert "RELATED POSTS" in text
    first, next_day, months_later = (article_events()[day] for day in sorted(article_events()))
    assert first["source"] != next_day["source"]
    assert first["body"] == next_day["body"] == text
    assert months_later["title"] != first["title"]
    assert set(str(months_later["body"]).splitlines()) - set(text.splitlines()) == {OTHER_BYLINE}
