"""Other content under the same key wins: what a corrected article said before is taken back."""

from tests.unit.registry.test_contested import HALT, Heard
from tests.unit.registry.world import World, imposed, news

WRONG = news("China halts exports of terbium", published="2026-05-04", event_id="article", **HALT)
RIGHT = news(
    "China halts exports of holmium", published="2026-05-04", event_id="article", materials=("holmium",), **HALT
)


def test_the_wrong_reading_is_taken_back_and_the_right_one_is_a_story_of_its_own() -> None:
    world = World()
    world.put(WRONG, "2026-05-04T09:00", "article")
    change = world.put(RIGHT, "2026-05-04T10:00", "article")
    assert change is not None
    was, is_now = world.signals()
    assert (is_now.novelty, is_now.materials, is_now.story_id != was.story_id) == ("new", ("holmium",), True)
    (retold,) = change.retold
    assert (retold.story_id, retold.standing, retold.by, retold.by_source) == (was.story_id, (), "Reuters", True)
    assert change.signals == (is_now,)


def test_the_score_is_what_it_was_and_the_alert_says_why() -> None:
    heard = Heard()
    calm = heard.score
    assert heard.put(WRONG, "2026-05-04T09:00") > calm
    assert heard.put(RIGHT, "2026-05-04T10:00") == calm
    last = heard.ledger.messages[-1]["data"]
    assert last["status"] == "retracted"
    assert "Its source has corrected the text" in last["summary"]


def test_a_text_that_goes_on_saying_it_takes_nothing_back() -> None:
    world = World()
    longer = news("China halts terbium, shares fall", published="2026-05-04", event_id="article", **HALT)
    world.put(WRONG, "2026-05-04T09:00", "article")
    change = world.put(longer, "2026-05-04T10:00", "article")
    assert change is None or change.retold == ()
    was, is_now = world.signals()
    assert (is_now.story_id, is_now.novelty) == (was.story_id, "duplicate")
    change = world.put(RIGHT, "2026-05-04T11:00", "article")
    assert change is not None
    assert [retold.story_id for retold in change.retold] == [was.story_id]


def test_a_text_that_says_nothing_any_more_takes_all_back_and_who_else_tells_it_stays() -> None:
    world = World()
    world.put(WRONG, "2026-05-04T09:00", "article")
    world.put(news("A halt", published="2026-05-04", source="AP", **HALT), "2026-05-04T09:30", "other")
    nothing = RIGHT.model_copy(update={"signals": ()})
    change = world.put(nothing, "2026-05-04T10:00", "article")
    assert change is not None
    (retold,) = change.retold
    assert [standing.signal.source.name for standing in retold.standing] == ["AP"]
    assert world.signals()[-1].review is not None
    assert world.put(nothing, "2026-05-04T11:00", "article") is None


def test_what_it_said_of_a_measure_falls_with_it() -> None:
    world = World()
    world.put(imposed(), "2025-10-09T02:00")
    before = world.measure("CN-2025-61").belief
    wrong = news("CN-2025-61 is lifted", published="2025-10-10", event_id="article", type="control_lifted")
    world.put(wrong, "2025-10-10T02:00", "article")
    assert world.measure("CN-2025-61").contested
    world.put(
        news("Talks go on", published="2025-10-10", event_id="article", type="diplomatic_signal"),
        "2025-10-10T03:00",
        "article",
    )
    measure = world.measure("CN-2025-61")
    assert (measure.belief, measure.contested) == (before, False)


def test_it_holds_after_a_restart() -> None:
    world = World()
    world.put(WRONG, "2026-05-04T09:00", "article")
    world.registry = type(world.registry).restore(3, world.registry.dump())
    change = world.put(RIGHT, "2026-05-04T10:00", "article")
    assert change is not None
    assert len(change.retold) == 1
