"""The record that a judgement is."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.base import to_json
from shared.contracts.events import SourceType
from shared.contracts.signals import Judgement
from shared.domain.judgement.fingerprint import exact
from shared.domain.judgement.judge import judge, ready_to_judge
from shared.domain.judgement.language import language_of
from tests.unit.judgement.texts import judged, news, read

TWO_CLAIMS = news(
    "China grants Yunsheng a licence; Congo halts cobalt exports",
    "China's ministry granted Ningbo Yunsheng an export licence for neodymium magnets on Monday.\n"
    "DR Congo stopped all exports of cobalt on Sunday, the regulator said.",
)


def test_evidence_is_exactly_the_code_points_of_the_field_as_posted() -> None:
    text = news(
        "🫠 China adds firms",
        "Ｅｘｔｒａ 🫠 text. China’s ministry put 12 US firms on the unreliable entity list. End.",
    )
    for signal in judge(text, "event").signals:
        for evidence in signal.evidence:
            field = text.title if evidence.field == "title" else text.body
            assert field[evidence.start : evidence.end] == evidence.text


def test_one_text_may_say_several_things_each_with_its_own_materials() -> None:
    found = {signal.type: signal.materials for signal in judge(TWO_CLAIMS, "event").signals}
    assert found["export_halt"] == ("cobalt",)
    assert "ndfeb_magnets" in found["licence_granted"]


def test_signals_are_numbered_from_the_strongest() -> None:
    signals = judge(TWO_CLAIMS, "e1").signals
    assert [signal.id for signal in signals] == [f"e1-{number}" for number in range(1, len(signals) + 1)]
    confidences = [signal.confidence for signal in signals]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 < confidence < 1 for confidence in confidences)


def test_the_same_text_gives_the_same_bytes() -> None:
    assert to_json(judge(TWO_CLAIMS, "e1")) == to_json(judge(TWO_CLAIMS, "e1"))


def test_an_irrelevant_text_yields_nothing_but_its_fingerprint() -> None:
    judgement = judged("Arsenal beat Chelsea", "Two goals decided the match.")
    assert (judgement.signals, judgement.dropped) == ((), ())
    assert judgement.fingerprints.exact


def test_it_is_written_and_read_on_the_wire() -> None:
    judgement = judge(TWO_CLAIMS, "event")
    assert Judgement.model_validate_json(to_json(judgement)) == judgement
    assert b"story_id" not in to_json(judgement), "story and novelty are the registry's"


def test_the_classifier_says_its_name_and_version() -> None:
    name, _, version = ready_to_judge().partition("@")
    assert name
    assert version[0].isdigit()
    assert judge(TWO_CLAIMS, "event").signals[0].classifier == f"{name}@{version}"


@pytest.mark.parametrize(("source", "reliability"), [("government", 0.952), ("newswire", 0.9), ("social", 0.5)])
def test_a_source_is_worth_what_its_type_is_worth(source: SourceType, reliability: float) -> None:
    text = news("China lifts ban on antimony exports", "The ban was abolished, the ministry said.", source=source)
    assert judge(text, "event").source.reliability == reliability


def test_days_are_those_of_the_issuer() -> None:
    """Half past eleven at night in London is the next morning in Beijing."""
    late = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
    text = news(
        "China lifts antimony export ban",
        "The commerce ministry lifted the ban on antimony exports today.",
        published=late,
    )
    assert judge(text, "event").signals[0].occurred_on == date(2026, 3, 11)


def test_the_exact_fingerprint_is_of_letters_and_digits() -> None:
    assert exact("Rare-Earth  LICENCES", "“granted”.") == exact("rare earth licences", "GRANTED")
    assert exact("Ｒａｒｅ earth", "") == exact("rare", "earth")
    assert exact("licence granted", "") != exact("licence denied", "")


@pytest.mark.parametrize(
    ("text", "tag", "language"),
    [
        ("The ministry has granted a licence", None, "en"),
        ("China verhängt Exportkontrollen für Gallium", None, "de"),
        ("La Chine suspend les contrôles sur les terres rares", None, "fr"),
        ("China prohíbe exportar tecnología de tierras raras", None, "es"),
        ("China breidt de exportcontroles uit met het oog op wolfraam", None, "nl"),
        ("商务部公告", None, "zh"),
        ("商務省発表", "ja", "ja"),
        ("レアアースの輸出", "en", "ja"),
        ("희토류 수출", None, "ko"),
        ("12345", None, None),
    ],
)
def test_the_text_decides_on_its_language_not_the_tag(text: str, tag: str | None, language: str | None) -> None:
    assert language_of(text, tag) == language


def test_a_wrong_tag_does_not_hide_what_is_said() -> None:
    assert (
        judge(news("商务部批准稀土出口许可", "已依法批准镝出口许可申请。", language="fr"), "e").signals[0].type
        == "licence_granted"
    )
    assert read("China lifts ban on antimony exports").type == "control_lifted"


SCRAPS = st.sampled_from(
    [
        "China ",
        "licence ",
        "denied ",
        "gallium",
        "稀土",
        "出口",
        "。",
        ". ",
        "\n",
        "希",
        "🫠",
        "\u202e",
        "İ",
        "ß",
        "e\u0301",
        "1 May ",
        "희토류",
        "<p>",
    ]
)


@given(st.lists(SCRAPS, max_size=60).map("".join), st.lists(SCRAPS, min_size=1, max_size=12).map("".join))
def test_any_text_gives_a_judgement_with_true_evidence(body: str, title: str) -> None:
    text = news(title, body)
    judgement = judge(text, "event")
    for evidence in (
        *(e for s in judgement.signals for e in s.evidence),
        *(e for d in judgement.dropped for e in d.evidence),
    ):
        field = text.title if evidence.field == "title" else text.body
        assert field[evidence.start : evidence.end] == evidence.text
