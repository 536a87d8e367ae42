"""Who buys what, from where: the customers of one partition and their exposures, in columns."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.contracts.customers import CustomerProfile
from shared.domain.risk.bands import UNSCORED
from shared.domain.risk.codes import Codes, entity_code
from shared.domain.risk.columns import Customers, Exposures, Pool, Rows, Suppliers
from shared.domain.risk.index import Index
from shared.domain.risk.profile import Purchase, purchases
from shared.domain.risk.world import ANYWHERE, World

NOBODY = -1
LITTER = 4_096
"""Freed places of origins and suppliers that may lie about before they are tidied away, beside half of all."""


@dataclass(frozen=True, slots=True)
class Put:
    """Rows that a profile brought, kept and took away (with the materials of the last)."""

    customer: int
    new: list[int]
    kept: list[int]
    gone: list[str]


class Portfolio:
    def __init__(self, world: World) -> None:
        self._world = world
        self.materials: Codes = world.materials
        self.origins: Codes = world.origins
        self.ids: list[str] = []
        self.customers = Customers()
        self.exposures = Exposures()
        self.pool = Pool()
        self.suppliers = Suppliers()
        self.index = Index()
        self._numbers: dict[str, int] = {}
        self._free: list[int] = []
        self._litter = 0
        self.alive = 0

    # who

    def find(self, customer_id: str) -> int | None:
        """The row of a customer that is there; a deleted one is not."""
        row = self._numbers.get(customer_id)
        return row if row is not None and self.customers.alive[row] else None

    def version(self, customer_id: str) -> int:
        row = self._numbers.get(customer_id)
        return 0 if row is None else self.customers.version.item(row)

    def rows_of(self, customer: int) -> Iterator[int]:
        row = self.customers.first.item(customer)
        while row != NOBODY:
            yield row
            row = self.exposures.following.item(row)

    def row_of(self, customer: int, material: str) -> int | None:
        code = self.materials.find(material)
        return next((row for row in self.rows_of(customer) if self.exposures.material[row] == code), None)

    def material(self, row: int) -> str:
        return self.materials.names[self.exposures.material.item(row)]

    def rows_by_customer(self, rows: Rows) -> dict[int, list[int]]:
        """In the order of the rows."""
        found: dict[int, list[int]] = {}
        for row, customer in zip(rows.tolist(), self.exposures.customer[rows].tolist(), strict=True):
            found.setdefault(customer, []).append(row)
        return found

    def share_from(self, row: int, origins: frozenset[int]) -> tuple[float, bool]:
        """Share of an exposure that comes from these countries, and whether any of it is assumed."""
        start, count = self.exposures.start.item(row), self.exposures.count.item(row)
        share, assumed = 0.0, False
        for at in range(start, start + count):
            if self.pool.origin.item(at) in origins:
                share += self.pool.share.item(at)
                assumed = assumed or bool(self.pool.assumed[at])
        return share, assumed

    def origins_of(self, row: int) -> list[int]:
        start, count = self.exposures.start.item(row), self.exposures.count.item(row)
        origins: list[int] = self.pool.origin[start : start + count].tolist()
        return origins

    @property
    def exposure_count(self) -> int:
        return self.exposures.length - len(self._free)

    # what changes

    def put(self, customer_id: str, version: int, profile: CustomerProfile) -> Put:
        customer = self._customer(customer_id)
        self.customers.version[customer] = version
        self.customers.context[customer] = self._world.meet(profile.destination, profile.end_use)
        self.customers.name[customer] = entity_code(profile.name)
        self.customers.discreet[customer] = profile.disclosure_conflict
        if not self.customers.alive[customer]:
            self.customers.alive[customer] = True
            self.alive += 1
        bought = purchases(profile)
        before = {self.exposures.material.item(row): row for row in self.rows_of(customer)}
        wanted = {self.materials.code(purchase.material): purchase for purchase in bought}
        gone = [self._free_row(row) for code, row in before.items() if code not in wanted]
        put = Put(customer, [], [], gone)
        self.customers.first[customer] = NOBODY
        for code, purchase in reversed(wanted.items()):
            row = before.get(code)
            if row is None:
                row = self._new_row(customer, code)
                put.new.append(row)
            else:
                put.kept.append(row)
                self._clear_origins(row)
            self._fill(row, purchase)
            self.exposures.following[row] = self.customers.first[customer]
            self.customers.first[customer] = row
        self._tidy()
        return put

    def drop(self, customer_id: str, version: int) -> list[str]:
        """Deletes a customer; the materials that it was exposed to."""
        customer = self.find(customer_id)
        if customer is None:
            return []
        gone = [self._free_row(row) for row in list(self.rows_of(customer))]
        self.customers.first[customer] = NOBODY
        self.customers.alive[customer] = False
        self.customers.version[customer] = version
        self.alive -= 1
        self._tidy()
        return gone

    def _customer(self, customer_id: str) -> int:
        row = self._numbers.get(customer_id)
        if row is None:
            row = self._numbers[customer_id] = self.customers.append()
            self.ids.append(customer_id)
            self.customers.first[row] = NOBODY
        return row

    def _new_row(self, customer: int, material: int) -> int:
        row = self._used_row() if self._free else self.exposures.append()
        self.exposures.customer[row] = customer
        self.exposures.material[row] = material
        self.exposures.band[row] = UNSCORED
        return row

    def _used_row(self) -> int:
        row = heapq.heappop(self._free)
        for column in self.exposures.arrays().values():
            column[row] = 0
        return row

    def _free_row(self, row: int) -> str:
        material = self.material(row)
        self._clear_origins(row)
        self.exposures.customer[row] = NOBODY
        heapq.heappush(self._free, row)
        return material

    def _fill(self, row: int, purchase: Purchase) -> None:
        exposures, pool = self.exposures, self.pool
        exposures.demand[row] = purchase.annual_demand_kg
        exposures.usual_cover[row] = purchase.inventory_days
        exposures.substitutability[row] = purchase.substitutability
        exposures.revenue_share[row] = purchase.revenue_share
        start = pool.append(len(purchase.origins))
        exposures.start[row], exposures.count[row] = start, len(purchase.origins)
        material = exposures.material.item(row)
        for at, origin in enumerate(purchase.origins, start):
            code = self.origins.code(origin.country)
            pool.origin[at], pool.share[at], pool.assumed[at] = code, origin.share, origin.assumed
            self.index.add(material, code, row)
        exposures.suppliers[row] = len(purchase.suppliers)
        self.index.add(material, ANYWHERE, row)
        first = self.suppliers.append(len(purchase.suppliers)) if purchase.suppliers else 0
        exposures.supplier_start[row] = first
        for at, name in enumerate(purchase.suppliers, first):
            self.suppliers.exposure[at], self.suppliers.name[at] = row, entity_code(name)

    def _clear_origins(self, row: int) -> None:
        exposures, material = self.exposures, self.exposures.material.item(row)
        start, count = exposures.start.item(row), exposures.count.item(row)
        for at in range(start, start + count):
            self.index.remove(material, self.pool.origin.item(at), row)
        self.index.remove(material, ANYWHERE, row)
        first, names = exposures.supplier_start.item(row), exposures.suppliers.item(row)
        self.suppliers.exposure[first : first + names] = NOBODY
        exposures.count[row] = exposures.suppliers[row] = 0
        self._litter += count + names

    def _tidy(self) -> None:
        if self._litter > LITTER and self._litter > (self.pool.length + self.suppliers.length) // 2:
            starts, self.pool, supplier_starts, self.suppliers = self.tidied()
            self.exposures.start[: self.exposures.length] = starts
            self.exposures.supplier_start[: self.exposures.length] = supplier_starts
            self._litter = 0

    # how it is kept

    def tidied(self) -> tuple[Rows, Pool, Rows, Suppliers]:
        """Where each exposure's origins and suppliers would start without gaps, in the order of the rows; and these."""
        length = self.exposures.length
        starts, places = without_gaps(self.exposures.start[:length], self.exposures.count[:length])
        names, named = without_gaps(self.exposures.supplier_start[:length], self.exposures.suppliers[:length])
        pool = Pool.of({name: column[places] for name, column in self.pool.arrays().items()})
        return starts, pool, names, Suppliers.of({n: column[named] for n, column in self.suppliers.arrays().items()})

    def restore(
        self, ids: list[str], customers: Customers, exposures: Exposures, pool: Pool, suppliers: Suppliers
    ) -> None:
        """From what a snapshot holds; the rest follows from it."""
        self.ids, self.customers, self.exposures, self.pool, self.suppliers = ids, customers, exposures, pool, suppliers
        self._numbers = {customer_id: row for row, customer_id in enumerate(ids)}
        self.alive = int(customers.alive.sum())
        used = exposures.customer[: exposures.length] != NOBODY
        self._free = np.flatnonzero(~used).tolist()
        rows = np.repeat(np.arange(exposures.length, dtype=np.int32), exposures.count[: exposures.length])
        keys = exposures.material[rows].astype(np.int64) * 256 + pool.origin[: pool.length]
        order = np.argsort(keys, kind="stable")
        found, firsts = np.unique(keys[order], return_index=True)
        groups = np.split(rows[order], firsts[1:]) if len(rows) else []
        for key, group in zip(found.tolist(), groups, strict=True):
            self.index.fill(divmod(key, 256), group.copy())
        alive = np.flatnonzero(used).astype(np.int32)
        for material in np.unique(exposures.material[alive]).tolist():
            self.index.fill((material, ANYWHERE), alive[exposures.material[alive] == material])


def without_gaps(starts: NDArray[np.int32], counts: NDArray[np.int16]) -> tuple[Rows, NDArray[np.intp]]:
    """New starts, and where what they point to stands now."""
    many = counts.astype(np.intp)
    packed = np.cumsum(many) - many
    return packed.astype(np.int32), np.repeat(starts - packed, many) + np.arange(int(many.sum()))
