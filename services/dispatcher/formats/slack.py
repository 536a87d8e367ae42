"""Slack's incoming webhooks: Block Kit, within its limits (docs.slack.dev, reference of blocks).

Slack decodes `&amp;`, `&lt;` and `&gt;` in every text and reads `<…>` as a link or a mention: what comes from outside
is escaped everywhere, and stands as plain text but where it is a link."""

from collections.abc import Iterator
from itertools import accumulate

import orjson

from services.dispatcher.formats.notice import Notice, Source, cut, one_line

HEADER, TEXT, FIELD = 150, 3_000, 2_000
FIELDS = ELEMENTS = 10
NAME, URL = 500, 2_000
"""Of a link, so that it is within a text."""
OVER = "✅"
MARKS = {"info": "🔵", "warning": "🟡", "high": "🟠", "critical": "🔴"}
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKUP = str.maketrans({mark: f"{mark}\u2060" for mark in "*_~`"})
"""A word joiner behind it: Slack has no escape for these."""

Block = dict[str, object]


def slack_message(notice: Notice) -> bytes:
    """`text` is what notifications and old clients show."""
    mark = OVER if notice.over else MARKS.get(notice.severity or "", "")
    heading = one_line(f"{mark} {_standing(notice)}{notice.title}")
    return orjson.dumps(
        {
            "text": escaped(cut(heading, 500), TEXT),
            "blocks": list(_blocks(notice, heading)),
            "unfurl_links": False,
            "unfurl_media": False,
        }
    )


def _standing(notice: Notice) -> str:
    return f"{notice.standing.capitalize()}: " if notice.standing else ""


def _blocks(notice: Notice, heading: str) -> Iterator[Block]:
    yield {"type": "header", "text": _plain(heading, HEADER)}
    if notice.summary:
        yield {"type": "section", "text": _plain(notice.summary, TEXT)}
    if facts := [_plain(f"{label}: {value}", FIELD) for label, value in notice.facts[:FIELDS]]:
        yield {"type": "section", "fields": facts}
    if sources := [_marked(_source(source)) for source in notice.sources[:ELEMENTS]]:
        yield {"type": "context", "elements": sources}
    if link := _link(notice.link, "Open in Chokepoint"):
        yield {"type": "section", "text": _marked(link)}


def escaped(text: str, most: int) -> str:
    """Cut so that no entity is."""
    pieces = [_ENTITIES.get(character, character) for character in text]
    if sum(map(len, pieces)) <= most:
        return "".join(pieces)
    fitting = sum(end < most for end in accumulate(map(len, pieces)))
    return "".join(pieces[:fitting]) + "…"


def _plain(text: str, most: int) -> Block:
    return {"type": "plain_text", "text": escaped(text, most), "emoji": False}


def _marked(text: str) -> Block:
    """`verbatim`: Slack looks for no links, channels and names of its own accord."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _source(source: Source) -> str:
    name = escaped(source.name.translate(_MARKUP), NAME)
    named = _link(source.url, name) or name
    return f"{named}, {source.published}" if source.published else named


def _link(url: str | None, label: str) -> str | None:
    whole = (url or "").replace("&", "&amp;")
    return f"<{whole}|{label}>" if 0 < len(whole) <= URL else None
