"""All labelled long articles with all of their signals, as the encoder reads them. Two of three were learned from: this
is no measure of how well it reads (docs/judgement is), it shows that nothing was lost."""

from collections import Counter

import pytest

from services.classifier.training import texts
from services.classifier.training.evaluate.measures import LONG, Judged, gates, judged
from tests.unit.judgement.encoder.the_base import shipped

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

ALL_SIGNALS = 0.6
A_LANGUAGE = 0.5


@pytest.fixture(scope="module")
def every() -> list[Judged]:
    return judged((item for item in texts.load() if item.file == LONG), shipped())


def test_there_are_enough_of_them_and_in_other_languages(every: list[Judged]) -> None:
    languages = Counter(each.item.news.language for each in every)
    assert len(every) >= 50
    assert sum(languages.values()) - languages["en"] >= 6


def test_all_signals_of_the_articles_are_found(every: list[Judged]) -> None:
    assert gates(every).signals >= ALL_SIGNALS


def test_in_each_language(every: list[Judged]) -> None:
    for language in {each.item.news.language for each in every}:
        assert gates([each for each in every if each.item.news.language == language]).signals >= A_LANGUAGE, language


def test_each_article_says_something_of_what_it_is_about(every: list[Judged]) -> None:
    amiss = [
        each.item.id
        for each in every
        if not {signal.type for signal in each.signals} & {label.type for label in each.item.labels}
    ]
    assert amiss == []
