"""A text that comes again is no news for 400 days, whatever headline and byline it carries; another act is."""

import html
import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from shared.contracts.signals import Novelty
from shared.domain.judgement.judge import judge
from shared.domain.stories import Placed, Stories
from shared.domain.stories.policy import StoryPolicy
from tests.unit.judgement.texts import news

JANUARY = datetime(2026, 1, 14, 9, 30, tzinfo=UTC)
JUNE = datetime(2026, 6, 10, 9, 30, tzinfo=UTC)

HEADLINE = "Beijing sits on gallium files, Kinshasa trims its cobalt"
PARAGRAPHS = (
    "China is delaying export licences for gallium to Japan, three people at trading houses said on Tuesday.",
    "Applications filed in November had cleared the provincial desk and then stopped moving, two of them said.",
    "DR Congo has cut its cobalt export quota for the first quarter by 4,500 tonnes, the regulator said on Monday.",
    "Miners said that they had planned their ships against the number published in September.",
)
STORY = "\n\n".join(PARAGRAPHS)
COOKIES = "We value your privacy. We and our 214 partners store cookies on your device to measure our audience."
RELATED = (
    "RELATED POSTS\nTen charts on antimony that will change the way you think\nCobalt blue is back in our kitchens"
)


def told(stories: Stories, title: str, body: str, when: datetime, source: str = "Digest") -> list[Novelty | None]:
    """What of it reaches anybody."""
    text = news(title, body, published=when)
    text = text.model_copy(update={"source": text.source.model_copy(update={"name": source})})
    placed = stories.place(judge(text, f"{when}{title}"), when, {})
    return [one.signal.novelty for one in placed if not one.repeated]


def after_the_first() -> Stories:
    stories = Stories()
    assert told(stories, HEADLINE, STORY, JANUARY, "Wire") == ["new", "new"]
    return stories


@pytest.mark.parametrize(
    ("how", "title", "body"),
    [
        ("as it was", HEADLINE, STORY),
        ("another headline", "Licences: what buyers in Osaka hear", STORY),
        ("another headline that claims the same", "China holds up gallium licences, Congo cuts cobalt quota", STORY),
        (
            "another byline",
            "Cobalt and gallium",
            f"By our staff in Tokyo. Updated 10 June 2026, 8 min read.\n\n{STORY}",
        ),
        ("other clutter", "Metals digest", f"{COOKIES}\n\n{STORY}\n\n{RELATED}"),
        ("cut short", "Gallium held up", "\n\n".join(PARAGRAPHS[:2])),
        ("in another order", "Cobalt, gallium", "\n\n".join(reversed(PARAGRAPHS))),
        ("with a dateline", "Metals", f"BEIJING, June 10 (Agency) - {STORY}"),
        ("with a byline before the first word", "Metals", f"By Peter Smith in Beijing - {STORY}"),
        ("set in lines", "Metals", "\n\n".join(textwrap.fill(paragraph, 60) for paragraph in PARAGRAPHS)),
        ("with entities of HTML", "Metals", html.escape(STORY).replace("two of them", "two of&nbsp;them")),
        ("with soft hyphens", "Metals", STORY.replace("export", "ex\u00adport")),
    ],
)
@pytest.mark.parametrize("when", [JANUARY + timedelta(days=1), JUNE], ids=["the next day", "five months later"])
def test_a_copy_tells_nobody(how: str, title: str, body: str, when: datetime) -> None:
    assert told(after_the_first(), title, body, when) == [], how


@pytest.mark.parametrize(
    ("what", "old", "new"),
    [
        ("another material", "gallium", "germanium"),
        ("another number", "4,500 tonnes", "7,200 tonnes"),
        ("another date", "first quarter", "third quarter of July"),
    ],
)
def test_another_act_in_the_same_words_is_news(what: str, old: str, new: str) -> None:
    stories = after_the_first()
    assert "new" in told(stories, HEADLINE.replace(old, new), STORY.replace(old, new), JUNE), what


@pytest.mark.parametrize("heading", ["BEIJING/BRUSSELS - ", "By Peter Smith in Beijing - "])
def test_under_another_dateline_a_sentence_may_be_taken_for_another_type_and_is_known(heading: str) -> None:
    stories = Stories()
    told(stories, HEADLINE, f"{heading}{STORY}", JANUARY)
    copy = judge(news("Metals: three blows", STORY, published=JUNE), "copy")
    taken = tuple(signal.model_copy(update={"type": "control_imposed"}) for signal in copy.signals)
    placed = stories.place(copy.model_copy(update={"signals": taken}), JUNE, {})
    assert {(one.repeated, one.signal.novelty) for one in placed} == {(True, "stale")}


LONG = (
    "Alongside a 34 percent levy on imports, DR Congo has cut its cobalt export quota for the first quarter, which "
    "miners in the south of the country had expected to be left where it was until their stocks in the ports were "
    "sold, the regulator in Kinshasa said on Monday."
)


@pytest.mark.parametrize(("figure", "news_again"), [("34", False), ("57", True)])
def test_another_dateline_over_the_one_sentence_that_tells_it(figure: str, news_again: bool) -> None:
    stories, rest = Stories(), f"{PARAGRAPHS[3]}\n\n{PARAGRAPHS[1]}"
    assert told(stories, "Cobalt", f"{LONG}\n\n{rest}", JANUARY)
    again = f"KINSHASA, June 10 - {LONG.replace('34', figure)}\n\n{rest}"
    assert bool(told(stories, "Metals", again, JUNE)) is news_again


def test_a_development_added_to_a_known_text_is_news_and_the_rest_is_not() -> None:
    added = "Zimbabwe has halted exports of lithium ore, the mines ministry said."
    assert told(after_the_first(), "Gallium, cobalt, and now lithium", f"{STORY}\n\n{added}", JUNE) == ["new"]


def test_an_independent_report_within_a_week_confirms() -> None:
    own_words = "DR Congo's regulator reduced the cobalt export quota of the first quarter, a minister told reporters."
    stories = after_the_first()
    assert told(stories, "Congo cuts cobalt quota", own_words, JANUARY + timedelta(days=3), "Agency") == ["update"]


def test_it_is_known_for_400_days_from_when_it_was_last_seen() -> None:
    stories = after_the_first()
    for days, known in ((399, True), (798, True), (1199, False)):
        when = JANUARY + timedelta(days=days)
        stories.prune(when)
        assert (told(stories, f"Told after {days} days", STORY, when) == []) is known


def test_of_more_texts_than_can_be_kept_those_not_seen_for_longest_go() -> None:
    stories = Stories(StoryPolicy(most_texts=1))
    other = "Indonesia has banned the export of tin ingots from 1 March, the trade ministry said."
    told(stories, HEADLINE, STORY, JANUARY)
    told(stories, "Tin", other, JANUARY)
    stories.prune(JUNE)
    assert told(stories, "Tin again", other, JUNE) == []
    assert told(stories, "Again", STORY, JUNE) == ["new", "new"]


def test_it_is_known_after_a_restart() -> None:
    content = orjson.dumps(after_the_first().dump())
    again = Stories.load(orjson.loads(content))
    assert orjson.dumps(again.dump()) == content
    assert told(again, "Another headline", STORY, JUNE) == []


def test_the_story_of_a_copy_is_that_of_its_original() -> None:
    stories = Stories()
    first = stories.place(judge(news(HEADLINE, STORY, published=JANUARY), "one"), JANUARY, {})
    again = stories.place(judge(news("Another", STORY, published=JUNE), "two"), JUNE, {})
    assert _stories(again) == _stories(first)
    assert {one.signal.novelty for one in again} == {"stale"}


def _stories(placed: Sequence[Placed]) -> set[tuple[str, str | None]]:
    return {(one.signal.type, one.signal.story_id) for one in placed}
