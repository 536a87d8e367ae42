"""How a measure stands, in words, and since when: the dates are those of its newest move, not of its first act."""

from datetime import date, datetime

from shared.catalog import countries
from shared.contracts.measures import Measure, Widening
from shared.domain.alerts.dates import day

OVERRIDE = "override/"


def in_words(measure: Measure, widened: Widening | None = None) -> str:
    """`widened`: the act by which it came to be about the reader."""
    if widened:
        until = f" until {day(measure.until)}" if measure.until else ""
        stands = f"in force{until}" if measure.state == "in_force" and measure.confirmed else _state(measure)
        return f"widened from {day(widened.on)}, {stands}"
    return _state(measure)


def moved_since(measure: Measure, on: date) -> bool:
    """What was told of a day before the newest move is old."""
    return bool(measure.history) and _day_of(measure, measure.history[-1].from_) > on


def newest_act(measure: Measure, widened: Widening | None = None) -> str:
    """As it is quoted: what brought the state, or the reader under it."""
    act = widened.act if widened else next((m.act for m in reversed(measure.history) if m.act), measure.act)
    return "a human's override" if act.startswith(OVERRIDE) else f"act {act}"


def _state(measure: Measure) -> str:
    match measure.state:
        case "announced":
            return f"announced, in force from {day(measure.effective_on)}"
        case "in_force":
            return _in_force(measure)
        case "suspended":
            return f"suspended until {day(measure.suspended_until)}" if measure.suspended_until else "suspended"
        case "lapsed":
            return "lapsed: its own term is over"
        case "lifted":
            return "lifted"


def _in_force(measure: Measure) -> str:
    since = _standing_since(measure)
    again = " again" if _was_in_force_before(measure) else ""
    if not measure.confirmed:
        return f"in force{again} since {day(since)}: the suspension expired, unconfirmed"
    newest = _day_of(measure, measure.history[-1].from_) if measure.history else since
    confirmed = f", confirmed on {day(newest)}" if _returned_unconfirmed(measure) else ""
    until = f"{',' if confirmed else ''} until {day(measure.until)}" if measure.until else ""
    return f"in force{again} since {day(since)}{confirmed}{until}"


def _returned_unconfirmed(measure: Measure) -> bool:
    """Its suspension ran out, and only now something confirms that it is back."""
    before = measure.history[-2] if len(measure.history) > 1 else None
    return measure.confirmed and before is not None and (before.state, before.confirmed) == ("in_force", False)


def _standing_since(measure: Measure) -> date:
    moves = measure.history
    if not any(move.state in {"in_force", "suspended"} for move in moves[:-1]):
        return measure.effective_on
    return _day_of(measure, moves[-2 if _returned_unconfirmed(measure) else -1].from_)


def _was_in_force_before(measure: Measure) -> bool:
    earlier = measure.history[: -2 if _returned_unconfirmed(measure) else -1]
    return any(move.state == "in_force" for move in earlier)


def _day_of(measure: Measure, moment: datetime) -> date:
    return moment.astimezone(countries.zone(measure.issuer)).date()
