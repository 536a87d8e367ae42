"""Microsoft Teams, a workflow's webhook: one Adaptive Card.

Teams reads Markdown in a TextBlock and in facts, but not in a TextRun (adaptivecards.io, TextRun): every text stands in
one, so that nothing that comes from outside can become a link or a heading."""

from collections.abc import Iterator
from dataclasses import replace

import orjson

from services.dispatcher.formats.notice import Notice, Source, cut

CARD = "application/vnd.microsoft.card.adaptive"
VERSION = "1.4"
LARGEST = 28_000
"""Bytes that Teams takes."""
TITLE, SUMMARY, VALUE, SOURCES = 300, 4_000, 300, 10
"""Nearly always enough; where characters take many bytes, sources go from the end, then the summary is halved."""
STYLES = {"info": "accent", "warning": "warning", "high": "attention", "critical": "attention"}

Element = dict[str, object]


def teams_message(notice: Notice) -> bytes:
    shorter = replace(notice, summary=cut(notice.summary, SUMMARY), sources=notice.sources[:SOURCES])
    while len(message := _encoded(shorter)) > LARGEST and (shorter.sources or shorter.summary):
        if shorter.sources:
            shorter = replace(shorter, sources=shorter.sources[:-1])
        else:
            shorter = replace(shorter, summary=cut(shorter.summary, len(shorter.summary) // 2))
    return message


def _encoded(notice: Notice) -> bytes:
    card: Element = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": VERSION,
        "fallbackText": cut(notice.title, TITLE),
        "msteams": {"width": "Full"},
        "body": list(_body(notice)),
    }
    if notice.link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Open in Chokepoint", "url": notice.link}]
    return orjson.dumps(
        {"type": "message", "attachments": [{"contentType": CARD, "contentUrl": None, "content": card}]}
    )


def _body(notice: Notice) -> Iterator[Element]:
    yield {
        "type": "Container",
        "style": "good" if notice.over else STYLES.get(notice.severity or "", "default"),
        "bleed": True,
        "items": [
            _text(_run(_kicker(notice), weight="Bolder", size="Small")),
            _text(_run(cut(notice.title, TITLE), weight="Bolder", size="Medium")),
        ],
    }
    if notice.summary:
        yield _text(_run(notice.summary))
    for label, value in notice.facts:
        yield _text(_run(f"{label}: ", weight="Bolder"), _run(cut(value, VALUE)), spacing="Small")
    for source in notice.sources:
        yield _text(_run("Source: ", isSubtle=True), _source(source), spacing="Small")


def _kicker(notice: Notice) -> str:
    return " · ".join(word.upper() for word in (notice.severity, notice.standing) if word) or "CHOKEPOINT"


def _text(*runs: Element, **style: object) -> Element:
    return {"type": "RichTextBlock", "inlines": list(runs), **style}


def _run(text: str, **style: object) -> Element:
    return {"type": "TextRun", "text": text, **style}


def _source(source: Source) -> Element:
    told = f"{source.name}, {source.published}" if source.published else source.name
    opens = {"selectAction": {"type": "Action.OpenUrl", "url": source.url}} if source.url else {}
    return _run(told, isSubtle=True, **opens)
