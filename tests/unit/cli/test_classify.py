"""`chokepoint classify`: a text, what was read from it, and the words it rests on."""

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from services.cli.classify import classify_file, news_of, view_of
from services.cli.exit_codes import Exit
from shared.contracts.base import to_json
from shared.contracts.events import News
from shared.domain.judgement.judge import judge
from tests.unit.judgement.texts import news

BAN = news("China bans exports of antimony", "The ministry announced the ban on Monday. Arsenal won.")


def told_of(text: News) -> dict[str, object]:
    judgement = judge(text, "e").model_dump(mode="json", include={"signals", "dropped", "classifier"})
    return dict(judgement)


def shown(text: News, *, styles: bool = False) -> str:
    console = Console(width=120, record=True, force_terminal=True, color_system="standard", file=StringIO())
    console.print(view_of(json.loads(to_json(text)), told_of(text)))
    return console.export_text(styles=styles)


def test_the_words_that_it_rests_on_are_marked() -> None:
    """In green, as it is asserted, and underlined; the sentence about football is not."""
    headline, body, *_ = shown(BAN, styles=True).splitlines()
    assert headline == "\x1b[1mChina bans exports of antimony\x1b[0m"
    assert body == "\x1b[1;4;32mThe ministry announced the ban on Monday.\x1b[0m Arsenal won."


def test_type_modality_and_material_stand_below() -> None:
    text = shown(BAN)
    assert "asserted" in text
    assert "antimony" in text
    assert "read by light@" in text


def test_a_text_without_a_signal_says_so() -> None:
    assert "no signal" in shown(news("Arsenal beat Chelsea"))


def test_plain_text_is_a_headline_and_a_body() -> None:
    given = news_of("China bans exports of antimony\n\nThe ministry announced it.\n")
    assert (given["title"], given["body"]) == ("China bans exports of antimony", "The ministry announced it.")
    News.model_validate(given)


@pytest.mark.parametrize("text", ["", " \n", "x" * 5_000, "[1]", '"a"'])
def test_whatever_is_given_can_be_asked_about(text: str) -> None:
    News.model_validate(news_of(text))


def test_an_event_is_taken_as_it_is() -> None:
    assert news_of(to_json(BAN).decode()) == json.loads(to_json(BAN))


@pytest.mark.parametrize(("text", "code"), [(BAN, Exit.DONE), (news("Arsenal beat Chelsea"), Exit.NOT_SO)])
def test_the_exit_code_says_whether_there_is_a_signal(
    text: News, code: Exit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("CHOKEPOINT_URL", "CHOKEPOINT_CONTROL_URL", "CHOKEPOINT_KEY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setattr("shared.client.Client.classify", lambda _, given: told_of(News.model_validate(given)))
    (tmp_path / "text.json").write_bytes(to_json(text))
    assert classify_file(tmp_path / "text.json", tmp_path, as_json=True) == code
    assert "signals" in json.loads(capsys.readouterr().out)
