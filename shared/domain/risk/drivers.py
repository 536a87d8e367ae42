"""What a score is made of, in points. The part that stock and lead time add is theirs; the rest is shared out over
everything that could have gone wrong, in proportion to its -ln(1 - p), which adds up exactly and needs no sampling."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shared.domain.risk.outlook import Outlook, outlook
from shared.domain.risk.policy import EASING_COUNTS, OWN_DENIAL, OWN_GRANT, SUBSTITUTION_COUNTS
from shared.domain.risk.shocks import decay
from shared.domain.risk.shown import Shown
from shared.domain.risk.structure import Structure
from shared.domain.risk.world import ANYWHERE, World

SHOWN = 10
SMALL = 0.05
"""Points; less goes into `other`."""
_LEAST = 1e-12
_STOCK = "stock against lead time"


What = tuple[str, str, str]
"""Kind, ref and label."""


class Part(NamedTuple):
    kind: str
    ref: str
    label: str
    points: float


@dataclass(frozen=True, slots=True)
class _Seen:
    """A cell as one context sees it."""

    trade: float
    measure: What
    shock: float
    relief: float
    shares: tuple[tuple[What, float], ...]
    """Each tightening shock's part of the whole."""


class Drivers:
    """Explains `rows` as they are on one day; what rows have in common is looked up once."""

    def __init__(self, rows: Sequence[Shown], world: World, structure: Structure, day: int) -> None:
        self.rows = rows
        self._world = world
        self._structure = structure
        self._day = day
        self._cells: dict[int, list[int]] = {}
        self._seen: dict[tuple[int, int], _Seen] = {}
        self._found: dict[int, list[Part]] = {}
        self._outlooks: dict[int, Outlook] = {}

    def of(self, i: int) -> list[Part]:
        """Largest first; adds up to the score. Kept, as a row's message and its record both show them."""
        found = self._found.get(i)
        if found is None:
            found = self._found[i] = self._of(self.rows[i])
        return found

    def outlook(self, i: int) -> Outlook:
        found = self._outlooks.get(i)
        if found is None:
            found = self._outlooks[i] = outlook(self.rows[i], self._day)
        return found

    def _of(self, row: Shown) -> list[Part]:
        weights = self._weights(row)
        total = sum([weight for _, weight in weights])
        harm_points = row.score * 0.5 / row.stock_factor
        points: dict[What, float] = {("stock", row.material, _STOCK): row.score - harm_points}
        for what, weight in weights if total else ():
            points[what] = points.get(what, 0.0) + harm_points * weight / total
        return _shown(points, row.score)

    def _weights(self, row: Shown) -> list[tuple[What, float]]:
        material, context, slug = row.material_code, row.context, row.material
        irreplaceable = 1 - SUBSTITUTION_COUNTS * row.substitutability
        structural = _harm(row.structural)
        per_unit = structural / row.sourcing if row.sourcing else 0.0
        scale = 0.5 * irreplaceable * self._structure.kept.item(material) * per_unit
        undisturbed = row.undisturbed * per_unit
        weights: list[tuple[What, float]] = [(("structural", slug, "concentration of supply"), undisturbed)]
        relieved = 1 - _own(OWN_GRANT.size, OWN_GRANT.half_life, row.granted_on, self._day)
        listed = structural - undisturbed
        cells = self._cells_of(material)
        for origin, share in zip((ANYWHERE, *row.origins), (1.0, *row.shares), strict=True):
            cell = cells[origin]
            if not cell:
                continue
            seen = self._cell(cell, context)
            if seen.trade > 1 and origin != ANYWHERE:
                rise = scale * share * share * self._structure.instability.item(origin) * (seen.trade - 1)
                weights.append((seen.measure, rise))
                listed -= rise
            if seen.shares:
                harm = _harm(share * irreplaceable * seen.shock * (1 - EASING_COUNTS * (1 - seen.relief * relieved)))
                weights.extend((what, harm * part) for what, part in seen.shares)
        if row.closed > 0:
            weights.append((("listing", slug, "listed companies"), max(listed, 0.0)))
        denial = _own(OWN_DENIAL.size, OWN_DENIAL.half_life, row.denied_on, self._day)
        if denial:
            harm = _harm(denial * (1 - EASING_COUNTS * (1 - relieved)))
            weights.append((("licence", slug, "own licence denied"), harm))
        return weights

    def _cells_of(self, material: int) -> list[int]:
        found = self._cells.get(material)
        if found is None:
            found = self._cells[material] = self._world.at[material].tolist()
        return found

    def _cell(self, cell: int, context: int) -> _Seen:
        seen = self._seen.get((cell, context))
        if seen is None:
            seen = self._seen[cell, context] = self._look(cell, context)
        return seen

    def _look(self, cell: int, context: int) -> _Seen:
        world = self._world
        code = int(world.binding[cell, context])
        standing = world.in_force[world.measure_codes.names[code]] if code else None
        harms = [
            (shock, _harm(float(world.shock_weights(shock)[context])))
            for shock in world.cells[cell].shocks.values()
            if shock.sign > 0
        ]
        total = sum(harm for _, harm in harms)
        return _Seen(
            trade=float(world.trade[cell, context]),
            measure=("measure", standing.ref, standing.label) if standing else ("measure", "", ""),
            shock=1 - float(world.calm[cell, context]),
            relief=float(world.relief[cell, context]),
            shares=tuple((("signal", s.story, s.label), harm / total) for s, harm in harms if harm) if total else (),
        )


def _harm(p: float) -> float:
    return -math.log(max(1 - p, _LEAST))


def _own(size: float, half_life: int, since: int, day: int) -> float:
    return round(size * decay(half_life, day - since), 6) if since else 0.0


def _shown(points: dict[What, float], score: float) -> list[Part]:
    """The largest by name, the rest as `other`; the last digits go to the largest."""
    ordered = sorted([(-each, what) for what, each in points.items() if each >= SMALL])
    named = [Part(*what, round(-each, 4)) for each, what in ordered[: SHOWN - 1]]
    rest = round(score - sum([part.points for part in named]), 4)
    if rest >= SMALL or not named:
        return [*named, Part("other", "", "everything else", rest)] if rest else named
    largest = named[0]
    return [Part(largest.kind, largest.ref, largest.label, round(largest.points + rest, 4)), *named[1:]]
