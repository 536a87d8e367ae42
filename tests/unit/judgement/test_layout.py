"""What stands around an article is none of its news, and where its lines break says nothing."""

import textwrap

import pytest

from shared.domain.judgement import layout, sentences
from tests.unit.judgement.texts import judged, read

ARTICLE = "Chile's copper commission left its forecast for the year unchanged on Monday, at 5.5 million tonnes."


@pytest.mark.parametrize(
    ("heading", "headline"),
    [
        ("RELATED POSTS", "- Indonesia lifts ban on nickel ore exports? What we know"),
        ("Most read", "1. China bans exports of gallium to the United States"),
        ("Mehr zum Thema:", "China verbietet die Ausfuhr von Gallium in die USA"),
        ("À lire aussi", "• La Chine interdit l'exportation de gallium vers les États-Unis"),
        ("Noticias relacionadas", "China prohíbe la exportación de galio a Estados Unidos"),
        ("Lees ook", "China verbiedt de export van gallium naar de VS"),
        ("【相关阅读】", "中国禁止对美国出口镓"),
        ("▽関連記事", "中国、米国へのガリウム輸出を禁止"),
        ("[관련기사]", "중국, 미국에 갈륨 수출 금지"),
    ],
)
def test_headlines_under_a_heading_of_other_articles_are_none_of_it(heading: str, headline: str) -> None:
    page = f"{ARTICLE}\n\n{heading}\n\n{headline}\nTen charts on metals"
    assert [page[start:end] for start, end in layout.clutter(page)] == [heading, headline, "Ten charts on metals"]


def test_what_is_none_of_the_article_makes_no_signal() -> None:
    other = "- Indonesia lifts ban on nickel ore exports"
    assert "nickel" in read("Indonesia", other).materials
    signals = judged("Copper", f"{ARTICLE}\n\nRELATED POSTS\n{other}").signals
    assert {slug for signal in signals for slug in signal.materials} <= {"copper"}


def test_labels_and_fine_print_are_no_sentences_of_the_article() -> None:
    page = f"{ARTICLE}\nTags: gallium, export ban, China\nSign up to our newsletter on rare earth export controls."
    assert [page[start:end].split(maxsplit=1)[0] for start, end in layout.clutter(page)] == ["Tags:", "Sign"]


@pytest.mark.parametrize(
    "page",
    [
        f"Read more\n\n{ARTICLE}\n\nChina has banned exports of gallium to the United States, the ministry said.",
        "Related companies said that they would comply.\nTopics of the talks were gallium and germanium.",
        "Most read the ban as a warning.\nSubscribers had been told in June.",
    ],
)
def test_paragraphs_stay(page: str) -> None:
    assert all(len(page[start:end]) < 10 for start, end in layout.clutter(page))


def test_a_question_asserts_nothing() -> None:
    assert read("Indonesia lifts ban on nickel ore exports").asserted == "asserted"
    assert "asserted" not in {
        signal.asserted for signal in judged("Indonesia lifts ban on nickel ore exports?").signals
    }


def test_a_text_set_in_lines_has_the_sentences_of_the_text() -> None:
    text = f"{ARTICLE} The Democratic Republic of Congo, the largest producer, said that Glencore would ship more."
    lines = textwrap.fill(text, 50)
    said = [" ".join(lines[start:end].split()) for start, end in sentences.split(lines)]
    assert said == [text[start:end] for start, end in sentences.split(text)]


def test_headings_and_lists_keep_their_lines() -> None:
    page = "Gallium\nThe price stands where it stood.\nGermanium\nNo trade was reported in Rotterdam."
    assert layout.unwrapped(page) == page
