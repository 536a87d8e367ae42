"""News as tests tell it."""

from datetime import UTC, datetime

from shared.contracts.events import News, Source, SourceType
from shared.contracts.signals import Judgement, Signal
from shared.domain.judgement.judge import judge

PUBLISHED = datetime(2026, 3, 10, 12, tzinfo=UTC)
"""A Tuesday."""


def news(
    title: str,
    body: str = "",
    *,
    source: SourceType = "newswire",
    language: str | None = None,
    published: datetime = PUBLISHED,
) -> News:
    wire = Source(name="Wire", type=source)
    return News(kind="news", source=wire, published_at=published, title=title, body=body, language=language)


def judged(title: str, body: str = "") -> Judgement:
    return judge(news(title, body), "event")


def read(title: str, body: str = "") -> Signal:
    """The strongest signal."""
    signals = judged(title, body).signals
    assert signals, f"nothing was read from {title!r}"
    return signals[0]
