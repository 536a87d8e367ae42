"""The world as exposures meet it: for each material and origin that anything is known about (a cell), what stands and
what was heard, by context. A change recomputes its cells and says which contexts of them it moved."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from shared.catalog import countries
from shared.catalog.materials import expand, materials
from shared.contracts.licences import Stratum
from shared.contracts.measures import Measure
from shared.domain.licences.lead_times import LeadTimes
from shared.domain.risk.codes import Codes, entity_code
from shared.domain.risk.columns import Floats, Mask, grown, room_for
from shared.domain.risk.contexts import Contexts
from shared.domain.risk.leadtime import REGIMES, Waits
from shared.domain.risk.policy import BARRIERS, IN_SCOPE, Regime
from shared.domain.risk.shocks import Shock

ANYWHERE = 0
"""The code of no country: a shock that names none stands here."""
ORIGINS = 256
NOTHING = 0
"""The cell where nothing stands and nothing was heard."""

_UNPLACED = -1
_EPOCH = date(1970, 1, 1).toordinal()

Moved = dict[int, Mask]
"""Cell → which contexts of it moved."""


@dataclass(slots=True)
class Standing:
    """A measure in force."""

    code: int
    ref: str
    label: str
    trade: float
    regime: int
    cells: tuple[int, ...]
    weights: Floats
    scope: tuple[tuple[str, ...], tuple[str, ...]]
    """Targets and end uses, for contexts still to come."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A measure on companies, by `entity_code`: all that it ever named, and those that it stops today."""

    origins: frozenset[int]
    named: frozenset[int]
    closed: frozenset[int]


@dataclass(slots=True)
class Cell:
    material: int
    origin: int
    standing: dict[str, Standing] = field(default_factory=dict)
    shocks: dict[str, Shock] = field(default_factory=dict)


class World:
    """`trade` and `regime` are those of the strictest measure in force, `binding` its code; `curve` is that of
    `waits` by which supply comes; `calm` and `relief` are the products of 1 - p over tightening and easing shocks."""

    def __init__(self, materials: Codes, origins: Codes, contexts: Contexts) -> None:
        self.materials = materials
        self.origins = origins
        self.contexts = contexts
        self.measures: dict[str, Measure] = {}
        self.in_force: dict[str, Standing] = {}
        self.shocks: dict[str, Shock] = {}
        self.measure_codes = Codes([""])
        self.cells: list[Cell] = [Cell(-1, -1)]
        self.at: NDArray[np.int32] = np.zeros((64, ORIGINS), np.int32)
        self.trade: Floats = np.ones((1, 1))
        self.regime: NDArray[np.int8] = np.zeros((1, 1), np.int8)
        self.binding: NDArray[np.int32] = np.zeros((1, 1), np.int32)
        self.waits = Waits()
        self.curve: NDArray[np.int32] = np.full((1, 1), _UNPLACED, np.int32)
        self.calm: Floats = np.ones((1, 1))
        self.relief: Floats = np.ones((1, 1))
        self.listings: dict[str, Listing] = {}
        self.day = 0
        self._make_room()
        self._fill_curves()

    # what happens to it

    def put_measure(self, measure: Measure) -> Moved:
        """Keeps the measure as it is now; the contexts whose rules it changed."""
        before = self.in_force.get(measure.id)
        self.measures[measure.id] = measure
        if measure.entities:
            self.listings[measure.id] = self._listing(measure)
        now = self._standing(measure) if measure.state == "in_force" and not measure.entities else None
        if before is now or (before is not None and now is not None and _same(before, now)):
            return {}
        self.in_force.pop(measure.id, None)
        for cell in before.cells if before else ():
            self.cells[cell].standing.pop(measure.id, None)
        if now is not None:
            self.in_force[measure.id] = now
            for cell in now.cells:
                self.cells[cell].standing[measure.id] = now
        if before is None and now is not None:
            return {cell: self._add(cell, now) for cell in now.cells}
        touched = dict.fromkeys((*(before.cells if before else ()), *(now.cells if now else ())))
        return {cell: self._recompute(cell) for cell in touched}

    def put_shock(self, key: str, shock: Shock) -> Moved:
        before = self.shocks.get(key)
        if before not in (None, shock) and self.keys_of_shock(before) != self.keys_of_shock(shock):
            return union(self.drop_shock(key), self.put_shock(key, shock))
        self.shocks[key] = shock
        cells = [self._cell_at(material, origin) for material, origin in self.keys_of_shock(shock)]
        for cell in cells:
            self.cells[cell].shocks[key] = shock
        return {cell: self._recompute(cell) for cell in cells}

    def drop_shock(self, key: str) -> Moved:
        cells = [self._cell_at(material, origin) for material, origin in self.keys_of_shock(self.shocks.pop(key))]
        for cell in cells:
            self.cells[cell].shocks.pop(key, None)
        return {cell: self._recompute(cell) for cell in cells}

    def reach(self, day: int, *, forgetting: bool = True) -> Moved:
        """Lets shocks fade to a day. Not `forgetting`: those that no longer count stay, and so does the calendar, so
        that the last call of several still answers every cell that moved."""
        turned = self._turn_month(day) if forgetting or not self.day else {}
        self.day = day
        gone = [key for key, shock in self.shocks.items() if forgetting and shock.forgotten(day)]
        fading = [number for number, cell in enumerate(self.cells) if cell.shocks]
        for key in gone:
            del self.shocks[key]
            for number in fading:
                self.cells[number].shocks.pop(key, None)
        return union(turned, {cell: self._recompute(cell) for cell in fading})

    def learn(self, strata: Sequence[Stratum]) -> Moved:
        """What the licence book says from now on; who waits by another curve."""
        return self._wait_by(self.waits.lead_times.moved(strata)) if strata else {}

    def meet(self, destination: str, end_use: str) -> int:
        """The code of a context; a new one gets its columns."""
        known = len(self.contexts)
        code = self.contexts.code(destination, end_use)  # type: ignore[arg-type]
        if len(self.contexts) > known:
            self._make_room()
            self._fill_curves()
            for standing in self.in_force.values():
                standing.weights = self._weights(*standing.scope)
            for number in range(1, len(self.cells)):
                self._recompute(number)
        return code

    # what it knows

    def place(self, cell: NDArray[np.int32], context: NDArray[np.int32]) -> NDArray[np.intp]:
        """Where (cell, context) stands in the tables, laid flat."""
        place: NDArray[np.intp] = cell.astype(np.intp) * self.trade.shape[1] + context
        return place

    def keys_of(self, measure: Measure) -> list[tuple[int, int]]:
        """The (material, origin) pairs that a measure is about."""
        return [
            (self.materials.code(material), origin)
            for material in sorted(expand(slug for slug in measure.materials if slug in materials()))
            for origin in self.origin_codes(measure.issuer)
        ]

    def keys_of_shock(self, shock: Shock) -> list[tuple[int, int]]:
        return [(self.materials.code(m), o) for m in shock.materials for o in self.origin_codes(shock.origin)]

    def told_contexts(self, measure: Measure) -> Mask:
        """Contexts whose customers hear of it."""
        mask: Mask = self._weights(measure.targets, measure.end_uses) >= IN_SCOPE
        return mask

    # how it is kept

    def origin_codes(self, issuer: str | None) -> list[int]:
        if issuer is None or not countries.is_country(issuer):
            return [ANYWHERE]
        return [self.origins.code(code) for code in sorted(countries.members(issuer) | {issuer})]

    def _standing(self, measure: Measure) -> Standing:
        barrier = BARRIERS[measure.instrument]
        scope = (measure.targets, tuple(measure.end_uses))
        return Standing(
            code=self.measure_codes.code(measure.id),
            ref=measure.ref,
            label=measure.title or measure.ref,
            trade=barrier.trade,
            regime=barrier.regime,
            cells=tuple(self._cell_at(m, o) for m, o in self.keys_of(measure)),
            weights=self._weights(*scope),
            scope=scope,
        )

    def _listing(self, measure: Measure) -> Listing:
        every = {name: entity for entity in measure.entities for name in (entity.name, *entity.aliases)}
        # a watch list stops nobody: its companies are looked at more closely
        counted = measure.state == "in_force" and BARRIERS[measure.instrument].regime is Regime.BARRED
        return Listing(
            origins=frozenset(self.origin_codes(measure.issuer)),
            named=frozenset(entity_code(name) for name in every),
            closed=frozenset(
                entity_code(name) for name, entity in every.items() if counted and entity.state == "listed"
            ),
        )

    def _weights(self, targets: Sequence[str], end_uses: Sequence[str]) -> Floats:
        return self.contexts.measure_weights(targets, end_uses)  # type: ignore[arg-type]

    def _cell_at(self, material: int, origin: int) -> int:
        if material >= len(self.at):
            self.at = grown(self.at, 2 * material)
        number = int(self.at[material, origin])
        if number == NOTHING:
            number = len(self.cells)
            self.at[material, origin] = number
            self.cells.append(Cell(material, origin))
            self._make_room()
        return number

    def _make_room(self) -> None:
        cells, contexts = len(self.cells), max(1, len(self.contexts))
        rows, columns = self.trade.shape
        if cells <= rows and contexts <= columns:
            return
        rows, columns = max(rows, room_for(cells)), max(columns, room_for(contexts))
        self.trade = _widened(self.trade, rows, columns, 1)
        self.regime = _widened(self.regime, rows, columns, 0)
        self.binding = _widened(self.binding, rows, columns, 0)
        self.curve = _widened(self.curve, rows, columns, _UNPLACED)
        self.calm = _widened(self.calm, rows, columns, 1)
        self.relief = _widened(self.relief, rows, columns, 1)
        self._fill_curves()

    def _fill_curves(self) -> None:
        """Where nothing stands in the way, the end use alone counts."""
        known = self.curve[:, : len(self.contexts)]
        np.copyto(known, self.contexts.end_use_class * REGIMES, where=known == _UNPLACED, casting="same_kind")

    def _turn_month(self, day: int) -> Moved:
        today = date.fromordinal(_EPOCH + day)
        lead_times = self.waits.lead_times
        return {} if lead_times.month == today.replace(day=1) else self._wait_by(lead_times.of_month(today))

    def _wait_by(self, lead_times: LeadTimes) -> Moved:
        before, self.waits = self.waits, Waits(lead_times)
        same = cache(lambda one, other: before.same(one, self.waits, other))
        moved: Moved = {}
        for number in range(1, len(self.cells)):
            was = self.curve[number, : len(self.contexts)].copy()
            self._place(number)
            became = self.curve[number, : len(self.contexts)]
            differs = [not same(*pair) for pair in zip(was.tolist(), became.tolist(), strict=True)]
            moved[number] = np.array(differs, bool)
        return moved

    def _place(self, number: int) -> None:
        """Which curve each context waits by."""
        cell, regimes = self.cells[number], self.regime[number, : len(self.contexts)]
        blocks = self.contexts.end_use_class.astype(np.int32)
        for context in np.flatnonzero(regimes).tolist():
            origin, material = self.origins.names[cell.origin], self.materials.names[cell.material]
            blocks[context] = self.waits.block(origin, material, *self.contexts.pairs[context])
        self.curve[number, : len(self.contexts)] = blocks * REGIMES + regimes

    def _add(self, cell: int, standing: Standing) -> Mask:
        moved = self._strengthen(cell, standing)
        self._place(cell)
        return moved

    def _strengthen(self, cell: int, standing: Standing) -> Mask:
        """Adds one measure to a cell; the same as recomputing it, as it stands last in it."""
        width = len(self.contexts)
        trade = 1 + (standing.trade - 1) * standing.weights
        regime = np.where(standing.weights >= IN_SCOPE, standing.regime, 0).astype(np.int8)
        stricter = trade > self.trade[cell, :width]
        slower = regime > self.regime[cell, :width]
        self.trade[cell, :width][stricter] = trade[stricter]
        self.binding[cell, :width][stricter] = standing.code
        self.regime[cell, :width][slower] = regime[slower]
        return stricter | slower

    def _recompute(self, number: int) -> Mask:
        width = len(self.contexts)
        tables: list[NDArray[np.generic]] = [self.trade, self.curve, self.binding, self.calm, self.relief]
        before = [table[number, :width].copy() for table in tables]
        cell = self.cells[number]
        self.trade[number], self.regime[number], self.binding[number] = 1, 0, 0
        for standing in cell.standing.values():
            self._strengthen(number, standing)
        self._place(number)
        self.calm[number], self.relief[number] = 1, 1
        for shock in cell.shocks.values():
            quiet = self.calm if shock.sign > 0 else self.relief
            quiet[number, :width] *= 1 - self.shock_weights(shock)
        moved: Mask = np.zeros(width, bool)
        for table, old in zip(tables, before, strict=True):
            moved |= table[number, :width] != old
        return moved

    def shock_weights(self, shock: Shock) -> Floats:
        """What it does today, by context. Who is named is not known here: others get what is left for them."""
        weights = self.contexts.signal_weights(shock.targets, shock.impact.elsewhere)
        if shock.companies:
            weights = np.minimum(weights, shock.impact.elsewhere or 1.0)
        return weights * shock.strength(self.day)


def _same(one: Standing, other: Standing) -> bool:
    """Whether rows would notice; the label stands in drivers."""
    return (one.code, one.ref, one.label, one.trade, one.regime, one.cells, one.scope) == (
        other.code,
        other.ref,
        other.label,
        other.trade,
        other.regime,
        other.cells,
        other.scope,
    )


Kind = TypeVar("Kind", bound=np.generic)


def _widened(table: NDArray[Kind], rows: int, columns: int, fill: int) -> NDArray[Kind]:
    wider = np.full((rows, columns), fill, table.dtype)
    wider[: table.shape[0], : table.shape[1]] = table
    return wider


def union(*changes: Moved) -> Moved:
    whole: Moved = {}
    for change in changes:
        for cell, mask in change.items():
            whole[cell] = whole[cell] | mask if cell in whole else mask
    return whole
