"""The messages that the picture puts into words. For each buyer two, by rule: the one that came longest before what it
tells of; and of the gravest the one that raised the risk most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.cli.demo import view
from services.cli.demo.axis import SEVERITIES
from services.cli.demo.closing import Effect, effects
from services.cli.demo.told import Told

LONGEST = 96


@dataclass(frozen=True, slots=True)
class Callout:
    told: Told
    head: str
    words: str


def callouts(told: Sequence[Told]) -> list[Callout]:
    """Of one customer, in the order of time."""
    found = {one.told.webhook_id: one for one in (*_earliest(told), *_gravest(told))}
    return sorted(found.values(), key=lambda one: one.told.at)


def _earliest(told: Sequence[Told]) -> list[Callout]:
    leads = [
        ((on - message.day).days, message, on, effect.label)
        for effect in effects()
        if (on := effect.on) and (message := _first(effect, told)) and message.day < on
    ]
    if not leads:
        return []
    days, message, on, label = max(leads, key=lambda lead: (lead[0], -lead[1].at.timestamp()))
    head = f"{_short(message.day)}: told {days} days ahead of {_short(on)}"
    return [Callout(message, head, _cut(label))]


def _first(effect: Effect, told: Sequence[Told]) -> Told | None:
    return min((one for one in told if effect.is_told_by(one)), key=lambda one: one.at, default=None)


def _gravest(told: Sequence[Told]) -> list[Callout]:
    alarms = [one for one in told if one.type in view.FULL]
    if not alarms:
        return []
    grave = min(alarms, key=_gravity)
    alert = grave.alert
    head = _cut(f"{_short(grave.day)}: {alert.severity}. {alert.title}")
    return [Callout(grave, head, _cut(view.facts(alert)))]


def _gravity(one: Told) -> tuple[int, float, float]:
    alert = one.alert
    rise = (alert.score or 0) - (alert.previous_score or alert.score or 0)
    return list(SEVERITIES).index(alert.severity), -rise, one.at.timestamp()


def _short(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip(" ,·") + "…"
