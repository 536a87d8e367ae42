"""Every case that was observed, without names. What may be shown of it changes once a day, whatever came in between and
in whatever order."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from shared.contracts.licences import Observation, Outcome, Stratum
from shared.domain.licences.policy import HORIZON, KEPT_DAYS, MOST_STEPS
from shared.domain.licences.strata import Key, counted
from shared.domain.licences.survival import Span, steps


class Case(NamedTuple):
    stratum: Key
    customer: str
    filed_on: date
    outcome: Outcome | None
    ended_on: date | None

    def span(self, today: date) -> Span:
        """Returned, withdrawn and expired are no decisions: how long it would have gone on is not known."""
        days = max(0, ((self.ended_on or today) - self.filed_on).days)
        if days > HORIZON:
            return Span(HORIZON, None)
        return Span(days, self.outcome if self.outcome in {"granted", "denied"} else None)

    def is_old(self, today: date) -> bool:
        if self.ended_on is not None:
            return self.ended_on < today - timedelta(days=KEPT_DAYS)
        return self.filed_on < today - timedelta(days=HORIZON)


class LicenceBook:
    def __init__(self) -> None:
        self.cases: dict[str, Case] = {}
        self.shown: dict[Key, Stratum] = {}
        self.counted_on: date | None = None
        """The day at whose beginning cases were counted last."""
        self._heard: dict[int, int] = {}

    def is_repeat(self, observation: Observation) -> bool:
        return observation.number <= self._heard.get(observation.partition, 0)

    def put(self, observation: Observation) -> None:
        self._heard[observation.partition] = observation.number
        stratum = Key(observation.origin, observation.material, observation.destination, observation.end_use)
        self.cases[observation.case] = Case(
            stratum, observation.customer, observation.filed_on, observation.outcome, observation.ended_on
        )

    def close_day(self, today: date) -> tuple[Stratum, ...]:
        """Counts the cases as they stand at the beginning of `today`; the strata that are not as they were."""
        self.counted_on = today
        self.cases = {name: case for name, case in self.cases.items() if not case.is_old(today)}
        before, self.shown = self.shown, _shown(self.cases.values(), today)
        moved = [stratum for key, stratum in self.shown.items() if before.get(key) != stratum]
        gone = [_without_cases(key) for key in before if key not in self.shown]
        return tuple(sorted([*moved, *gone], key=_order))

    def dump(self) -> dict[str, Any]:
        return {
            "heard": sorted(self._heard.items()),
            "counted_on": self.counted_on and str(self.counted_on),
            "cases": [
                [
                    name,
                    *case.stratum,
                    case.customer,
                    str(case.filed_on),
                    case.outcome,
                    case.ended_on and str(case.ended_on),
                ]
                for name, case in self.cases.items()
            ],
            "shown": [stratum.model_dump(mode="json") for stratum in self.shown.values()],
        }

    @classmethod
    def load(cls, saved: dict[str, Any]) -> "LicenceBook":
        book = cls()
        book._heard = dict(saved["heard"])
        book.counted_on = date.fromisoformat(saved["counted_on"]) if saved["counted_on"] else None
        for name, *stratum, customer, filed_on, outcome, ended_on in saved["cases"]:
            ended = date.fromisoformat(ended_on) if ended_on else None
            book.cases[name] = Case(Key(*stratum), customer, date.fromisoformat(filed_on), outcome, ended)
        strata = [Stratum.model_validate(each) for each in saved["shown"]]
        book.shown = {Key.of(stratum): stratum for stratum in strata}
        return book


def _shown(cases: Iterable[Case], today: date) -> dict[Key, Stratum]:
    own: dict[Key, list[Case]] = {}
    for case in cases:
        own.setdefault(case.stratum, []).append(case)
    customers = {key: {case.customer for case in of_key} for key, of_key in own.items()}
    shown = {
        key: _stratum(key, [case for part in parts for case in own[part]], today)
        for key, parts in counted(customers).items()
    }
    return _fitting(shown)


def _fitting(shown: dict[Key, Stratum]) -> dict[Key, Stratum]:
    """What does not fit shows its parent, as if it had too few customers."""
    widest_first = sorted(shown.values(), key=lambda stratum: (-_breadth(stratum), -stratum.cases, _order(stratum)))
    left, fitting = MOST_STEPS, {}
    for stratum in widest_first:
        left -= len(stratum.steps)
        if left < 0:
            break
        fitting[Key.of(stratum)] = stratum
    return fitting


def _breadth(stratum: Stratum) -> int:
    return (stratum.material is None) + (stratum.destination is None)


def _stratum(key: Key, cases: list[Case], today: date) -> Stratum:
    spans = [case.span(today) for case in cases]
    return Stratum(
        **key._asdict(),
        cases=len(cases),
        pending=sum(case.ended_on is None for case in cases),
        followed=max(span.days for span in spans),
        steps=steps(spans),
    )


def _without_cases(key: Key) -> Stratum:
    return Stratum(**key._asdict(), cases=0)


def _order(stratum: Stratum) -> tuple[str, str, str, str]:
    return stratum.origin, stratum.material or "", stratum.destination or "", stratum.end_use
