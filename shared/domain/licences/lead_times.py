"""From strata that may be shown to the curve of any licence: the narrowest of them, shrunk to the next wider one, that
to the statutory term, or, of dual-use and defence goods, to the curve of civil ones with more denials."""

from collections.abc import Hashable, Iterable
from datetime import date
from typing import NamedTuple

from shared.contracts.base import EndUse
from shared.contracts.licences import Level, Stratum
from shared.domain.licences.calendar import statutory_term
from shared.domain.licences.curve import Curve, gated, learned, no_sooner, prior
from shared.domain.licences.policy import DENIAL_HAZARD, GENTLER
from shared.domain.licences.strata import Key, chain


class Resolved(NamedTuple):
    """`stratum`: the cases that the curve rests on, none where it rests on the statutory term alone."""

    curve: Curve
    level: Level
    stratum: Stratum | None


class LeadTimes:
    """Of one month; never changes."""

    def __init__(self, strata: Iterable[Stratum] = (), month: date = date(1970, 1, 1)) -> None:
        self.month = month.replace(day=1)
        self.strata = {Key.of(stratum): stratum for stratum in strata if stratum.cases}
        self._origins = {key.origin for key in self.strata}
        self._curves: dict[Hashable, Curve] = {}

    def __deepcopy__(self, memo: dict[int, object]) -> "LeadTimes":
        return self

    def moved(self, strata: Iterable[Stratum]) -> "LeadTimes":
        """Strata without cases fall out."""
        by_key = self.strata | {Key.of(stratum): stratum for stratum in strata}
        return LeadTimes(by_key.values(), self.month)

    def of_month(self, day: date) -> "LeadTimes":
        return LeadTimes(self.strata.values(), day)

    def resolve(self, origin: str, material: str, destination: str, end_use: EndUse) -> Resolved:
        own = chain(origin, material, destination, end_use)
        shown = next((self.strata[key] for key in own if key in self.strata), None)
        level: Level = "own" if own[0] in self.strata else "parent"
        if shown is None and end_use != "civil":
            _, level, shown = self.resolve(origin, material, destination, "civil")
            level = "parent" if shown else level
        curve = self._curve(origin, material, destination, end_use)
        return Resolved(curve, level if shown else "prior", shown)

    def rests_on(self, origin: str, material: str, destination: str, end_use: EndUse) -> Hashable:
        """Equal for all whose curve is the same."""
        if origin not in self._origins:
            return origin, end_use
        uses = {end_use, "civil", GENTLER.get(end_use, end_use)}
        every = [key for use in sorted(uses) for key in chain(origin, material, destination, use)]
        return origin, end_use, tuple(key for key in every if key in self.strata)

    def _curve(self, origin: str, material: str, destination: str, end_use: EndUse) -> Curve:
        name = self.rests_on(origin, material, destination, end_use)
        curve = self._curves.get(name)
        if curve is None:
            curve = self._curves[name] = self._make(origin, material, destination, end_use)
        return curve

    def _make(self, origin: str, material: str, destination: str, end_use: EndUse) -> Curve:
        if end_use == "civil":
            curve = prior(statutory_term(origin, self.month))
        else:
            curve = gated(self._curve(origin, material, destination, "civil"), DENIAL_HAZARD[end_use])
        for stratum in self._to_learn_from(chain(origin, material, destination, end_use)):
            curve = learned(stratum, curve)
        if gentler := GENTLER.get(end_use):
            curve = no_sooner(curve, self._curve(origin, material, destination, gentler))
        return curve

    def _to_learn_from(self, circles: Iterable[Key]) -> list[Stratum]:
        """The widest first. One that adds no case to the next narrower says nothing more."""
        found: list[Stratum] = []
        for key in circles:
            stratum = self.strata.get(key)
            if stratum and (not found or stratum.cases > found[-1].cases):
                found.append(stratum)
        return found[::-1]
