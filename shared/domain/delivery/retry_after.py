"""The header `Retry-After` (RFC 9110, 10.2.3): whole seconds, or an HTTP date."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def retry_after(value: str | None, now: datetime, longest: timedelta) -> timedelta | None:
    """How long the receiver asks us to wait, at most `longest`; none where it does not, or nobody can tell."""
    asked = None if value is None else _seconds(value.strip(), now)
    if asked is None:
        return None
    return timedelta(seconds=min(max(asked, 0.0), longest.total_seconds()))


def _seconds(value: str, now: datetime) -> float | None:
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds()
