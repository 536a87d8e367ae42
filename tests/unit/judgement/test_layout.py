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


NEWS = """China's commerce ministry said on Monday that exporters of gallium must hold a licence from 1 August.

The measure does not name a country. Buyers in Germany said that they had been told to expect delays of up to six weeks.

Indonesia, separately, lifted its ban on exports of nickel ore, an official gazette showed."""
OTHERS = (
    "Congo halts cobalt exports",
    "Chile raises royalty on lithium",
    "US lists 12 firms over graphite",
    "EU bans tin",
)
PAGE = "\n".join(
    [
        "Home | Markets | Metals | Rare earths | Sign in",
        "We use cookies to improve your experience. Accept all",
        "",
        NEWS,
        "",
        "Jane Doe is a reporter in London. She has written about the ban on gallium since 2023.",
        "",
        "Related articles",
        *(f"- {other}: what we know ({number})" for number in range(5) for other in OTHERS),
        "",
        "Tags: gallium, germanium, China",
        "Sign up to our newsletter on critical minerals.",
    ]
)


def test_an_article_inside_a_page_says_what_the_bare_article_says() -> None:
    bare, page = (judged("China puts gallium under licence", body).signals for body in (NEWS, PAGE))
    assert len(bare) == 2
    moved = PAGE.index(NEWS)
    for one, other in zip(bare, page, strict=True):
        placed = [
            each.model_copy(update={"start": each.start + moved, "end": each.end + moved}) for each in one.evidence
        ]
        kept = [each if each.field == "title" else place for each, place in zip(one.evidence, placed, strict=True)]
        assert other == one.model_copy(update={"evidence": tuple(kept)})


def test_a_table_of_prices_is_no_menu() -> None:
    assert layout.clutter("Gallium | Europe | up 4 | strong | China") == []


def test_who_writes_of_a_measure_and_what_it_covers_stays() -> None:
    told = "Announcement Eighteen covers gallium. The Export Council is a body of the ministry."
    assert layout.clutter(told) == []


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
