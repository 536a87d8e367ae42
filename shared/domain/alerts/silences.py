"""Silences: who is not told what, from when until when."""

from collections.abc import Iterable, Mapping

from shared.contracts.customers import Silence

Facts = Mapping[str, frozenset[str]]
"""Field of an alert → the values that it has."""


def is_active(silence: Silence, now: int) -> bool:
    return not silence.deleted and starts(silence) <= now < ends(silence)


def starts(silence: Silence) -> int:
    return _microseconds(silence.starts_at.timestamp())


def ends(silence: Silence) -> int:
    return _microseconds(silence.until.timestamp())


def silenced(silences: Iterable[Silence], customer_id: str, facts: Facts, now: int) -> bool:
    return any(
        silence.customer_id in {None, customer_id} and is_active(silence, now) and _matches(silence, facts)
        for silence in silences
    )


def _matches(silence: Silence, facts: Facts) -> bool:
    """A matcher on a field that alerts do not have silences nothing, rather than everything."""
    return all(value in facts.get(name, frozenset()) for name, value in silence.matchers.items())


def _microseconds(seconds: float) -> int:
    return round(seconds * 1_000_000)
