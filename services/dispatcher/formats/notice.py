"""What people in a chat are shown of a message, whatever the chat.

Read leniently: a scorer newer than this dispatcher may say more than is known here, and that must not hold it back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

import orjson

from services.dispatcher.letters import Letter
from shared.contracts.base import Severity

Data = Mapping[str, Any]

_STANDINGS = ("acknowledged", "resolved", "retracted")
_NAMED = 4
LONGEST_URL = 2_000
"""As it is sent: a character of another script is written in nine or twelve."""
_CLOCKS = {"takes_effect": "takes effect", "suspension_ends": "comes to the end of its suspension", "lapses": "lapses"}


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    published: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Notice:
    """`standing`: what became of the alert, where it is no longer simply open."""

    title: str
    summary: str
    severity: Severity | None
    standing: str | None
    facts: tuple[tuple[str, str], ...]
    sources: tuple[Source, ...]
    link: str | None

    @property
    def over(self) -> bool:
        return self.standing in ("resolved", "retracted")


def read_notice(letter: Letter, public_url: str | None) -> Notice:
    body = orjson.loads(letter.body)
    data: Data = body["data"] if isinstance(body.get("data"), dict) else {}
    title = one_line(data.get("title")) or letter.type.replace(".", " ").capitalize()
    return Notice(
        title=f"Reminder: {title}" if letter.type == "alert.reminder" else title,
        summary=str(data.get("summary") or data.get("reason") or _of_measure(data)).strip(),
        severity=letter.severity,
        standing=next((standing for standing in _STANDINGS if standing == data.get("status")), None),
        facts=tuple(_facts(letter, data)),
        sources=tuple(_sources(data)),
        link=_link(data, public_url),
    )


def one_line(text: object) -> str:
    return " ".join(str(text or "").split())


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _facts(letter: Letter, data: Data) -> Iterator[tuple[str, str]]:
    if letter.severity:
        yield "Severity", letter.severity
    if letter.customer_id:
        yield "Customer", letter.customer_id
    if letter.materials:
        yield "Material", _materials(letter.materials)
    yield from _risk(data)
    if endpoint_id := data.get("endpoint_id"):
        yield "Endpoint", one_line(endpoint_id)


def _materials(slugs: Sequence[str]) -> str:
    more = len(slugs) - _NAMED
    named = ", ".join(slug.replace("-", " ").replace("_", " ") for slug in slugs[:_NAMED])
    return f"{named} and {more} more" if more > 0 else named


def _risk(data: Data) -> Iterator[tuple[str, str]]:
    headline: Data = found if isinstance(found := data.get("headline"), dict) else {}
    if stockout_on := _day(headline.get("stockout_on")):
        yield "Stock lasts until", stockout_on
    if (probability := _number(headline.get("probability"))) is not None:
        yield "Chance to run out within 30 days", f"{probability:.0%}"
    if gap := _number(headline.get("gap_days")):
        yield "Gap before new supply", f"{gap:.0f} day{'' if round(gap) == 1 else 's'}"
    if (score := _number(data.get("score"))) is not None:
        before = _number(data.get("previous_score"))
        moved = "" if before is None or round(before) == round(score) else f", before {before:.0f}"
        yield "Risk", f"{score:.0f} of 100{moved}"


def _of_measure(data: Data) -> str:
    """What an operator is told of a measure, in a sentence."""
    if not data.get("measure_id"):
        return ""
    what = one_line(f"{data.get('ref', '')} of {data.get('issuer', '')}")
    if on := _day(data.get("on")):
        return f"{what} {_CLOCKS.get(str(data.get('event')), 'comes to a date')} on {on}."
    before = f", before {_words(data['previous'])}" if data.get("previous") else ""
    return f"{what} is {_words(data.get('state'))} now{before}."


def _words(state: object) -> str:
    return one_line(state).replace("_", " ")


def _sources(data: Data) -> Iterator[Source]:
    evidence = data.get("evidence")
    for found in evidence if isinstance(evidence, list) else []:
        if isinstance(found, dict) and (name := one_line(found.get("source"))):
            yield Source(cut(name, 200), _day(found.get("published_at")), _safe_url(found.get("url")))


def _link(data: Data, public_url: str | None) -> str | None:
    links = data.get("links")
    path = (links.get("alert") or links.get("measure")) if isinstance(links, dict) else None
    return _safe_url(public_url.rstrip("/") + path) if public_url and isinstance(path, str) else None


def _safe_url(url: object) -> str | None:
    """Only what a browser opens, and no character with which it could leave its place in a chat's markup."""
    if not isinstance(url, str):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    safe = quote(url, safe="%/:=&?~#+!$,;'@()*[]")
    return safe if len(safe) <= LONGEST_URL else None


def _day(text: object) -> str | None:
    try:
        when = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return f"{when.day} {when:%B %Y}"


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
