"""Slack's Block Kit for incoming webhooks: as Slack's own SDK has it, its limits, and texts that stay texts."""

from typing import Any

import orjson
import pytest
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from services.dispatcher.formats.formatted import formatted
from services.dispatcher.formats.slack import escaped
from services.dispatcher.letters import Letter
from tests.unit.dispatcher.formats.letters import PAYLOADS, PUBLIC, hostile, letter, texts

KINDS = {"header", "section", "context"}


def message(sent: Letter, public_url: str | None = PUBLIC) -> dict[str, Any]:
    made = formatted(sent, "slack", public_url)
    assert made.content_type == "application/json"
    found: dict[str, Any] = orjson.loads(made.body)
    return found


def check(block: dict[str, Any]) -> None:
    """:raises SlackObjectFormationError: it breaks a limit that Slack's SDK knows."""
    read = Block.parse(block)
    assert read is not None
    read.validate_json()
    assert read.to_dict() == block, "nothing in it that Slack does not know"


def faults(found: dict[str, Any]) -> list[str]:
    """What the SDK lets pass. docs.slack.dev: at most 50 blocks; header plain text; fields of 2,000, texts of 3,000,
    none of them empty."""
    blocks = found["blocks"]
    for block in blocks:
        check(block)
    wrong = [] if 1 <= len(blocks) <= 50 and found["text"] else ["blocks"]
    for block in blocks:
        held = (
            [block[name] for name in ("text",) if name in block] + block.get("fields", []) + block.get("elements", [])
        )
        most = 150 if block["type"] == "header" else 2_000 if "fields" in block else 3_000
        wrong += [block["type"] for text in held if not 1 <= len(text["text"].strip()) <= len(text["text"]) <= most]
        wrong += [block["type"] for text in held if text["type"] not in ("plain_text", "mrkdwn")]
        if block["type"] not in KINDS or not held or len(held) > 10:
            wrong.append(block["type"])
        if block["type"] == "header" and block["text"]["type"] != "plain_text":
            wrong.append("header")
    return wrong


@pytest.mark.parametrize("public_url", [PUBLIC, None])
@pytest.mark.parametrize("kind", PAYLOADS)
def test_every_message_is_within_slack_s_limits(kind: str, public_url: str | None) -> None:
    assert faults(message(letter(PAYLOADS[kind]), public_url)) == []


@pytest.mark.parametrize("length", [1, 10, 200])
def test_so_is_one_of_any_length(length: int) -> None:
    assert faults(message(hostile(length))) == []


@pytest.mark.parametrize(
    "block",
    [
        {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11},
    ],
)
def test_the_sdk_finds_what_is_too_long(block: dict[str, Any]) -> None:
    with pytest.raises(SlackObjectFormationError):
        check(block)


def test_a_buyer_sees_how_grave_it_is_what_it_means_and_where_to_read_on() -> None:
    body = PAYLOADS["alert.opened"]
    found = message(letter(body))
    header, summary, facts, *_, link = found["blocks"]
    assert header["text"]["text"].endswith(body["data"]["title"])
    assert header["text"]["text"][0] in "🟡🟠🔴"
    assert found["text"] == header["text"]["text"]
    assert summary["text"]["text"] == body["data"]["summary"]
    shown = [fact["text"] for fact in facts["fields"]]
    assert f"Severity: {body['data']['severity']}" in shown
    assert "Material: terbium" in shown
    assert any(fact.startswith("Stock lasts until: ") and fact.endswith(" 2026") for fact in shown)
    assert link["text"]["text"] == f"<{PUBLIC}/v1/alerts/{body['data']['id']}|Open in Chokepoint>"


def test_what_is_over_says_so() -> None:
    assert message(letter(PAYLOADS["alert.resolved"]))["text"].startswith("✅ Resolved: ")
    assert "Reminder: " in message(letter(PAYLOADS["alert.reminder"]))["text"]


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("measure.changed", "CN-1 of CN is suspended now, before in force."),
        ("measure.expiring", "CN-1 of CN comes to the end of its suspension on 11 March 2026."),
    ],
)
def test_an_operator_reads_what_became_of_a_measure(kind: str, sentence: str) -> None:
    assert sentence in texts(message(letter(PAYLOADS[kind])))


def test_no_text_becomes_a_mention_or_a_link_of_its_own() -> None:
    found = message(hostile())
    for text in texts(found):
        assert "<!" not in text
        assert "<@" not in text
        assert "<https://evil.example|ok>" not in text
    links = [text for text in texts(found) if "<" in text]
    assert [link.count("<") for link in links] == [1] * 6
    assert all(link.startswith(("<https://evil.example/%7C%3C!here%3E&amp;", f"<{PUBLIC}/")) for link in links)


def test_a_url_that_no_browser_should_open_is_no_link() -> None:
    body = PAYLOADS["alert.opened"]
    evidence = [{"source": "Someone", "url": "javascript:alert(1)", "published_at": "2026-03-01T00:00:00Z", "text": ""}]
    found = message(letter(body | {"data": body["data"] | {"evidence": evidence}}))
    assert "Someone, 1 March 2026" in texts(found)


def test_a_url_too_long_for_slack_is_no_link() -> None:
    body = PAYLOADS["alert.opened"]
    evidence = [{"source": "Someone", "url": "https://e.example/?" + "a=1&" * 450, "published_at": "", "text": ""}]
    found = message(letter(body | {"data": body["data"] | {"evidence": evidence}}))
    assert faults(found) == []
    assert "Someone" in texts(found)


def test_a_cut_never_goes_through_an_entity() -> None:
    assert escaped("a<b", 6) == "a&lt;b"
    assert escaped("a<b>", 6) == "a&lt;…"
    assert escaped("a<b>", 5) == "a…"
