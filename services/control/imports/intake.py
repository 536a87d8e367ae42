"""One import: batches of lines are read, judged and put one behind the other, each batch in one transaction."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from services.control.access import not_found, sees
from services.control.change import changing
from services.control.customers import store
from services.control.imports.entry import Entry, of_line
from services.control.imports.report import Report
from services.control.imports.spreadsheet import Spreadsheet
from services.control.state import Control
from shared.contracts.customers import CustomerProfile
from shared.contracts.keys import KeyRecord
from shared.http.lines import Line
from shared.http.problems import Problem

MOST_LINES = 100_000
Batches = AsyncIterator[list[Line]]


@dataclass(slots=True)
class Intake:
    control: Control
    key: KeyRecord
    baseline: store.Baseline
    report: Report
    _seen: dict[str, int] = field(default_factory=dict)
    """The first line of each customer."""

    async def json_lines(self, batches: Batches) -> None:
        async for lines in _bounded(batches):
            await self._take(self._judged(of_line(line)) for line in lines)

    async def spreadsheet(self, batches: Batches) -> None:
        """A customer whose rows are cut by a body that ends badly is not put."""
        sheet = Spreadsheet()
        async for lines in _bounded(batches):
            await self._take_rows(chain.from_iterable(sheet.take(line) for line in lines))
        await self._take_rows(sheet.end())

    async def _take_rows(self, entries: Iterable[Entry]) -> None:
        judged = [self._judged(entry) for entry in entries]
        async with self.control.engine.connect() as connection:
            having = await store.with_products(connection, [entry.customer_id for entry in judged if entry.profile])
        told = "has products, which a sheet has no columns for and would remove: import it as NDJSON"
        await self._take(entry.refused(told) if entry.customer_id in having else entry for entry in judged)

    async def _take(self, entries: Iterable[Entry]) -> None:
        judged = [*entries]
        puts = await self._put({entry.customer_id: entry.profile for entry in judged if entry.profile})
        for entry in judged:
            if entry.profile:
                self.report.put(entry, puts[entry.customer_id])
            else:
                self.report.rejected(entry)

    def _judged(self, entry: Entry) -> Entry:
        if not entry.customer_id:
            return entry
        if not sees(self.key, entry.customer_id):
            return entry.refused(not_found("customer", entry.customer_id).detail, 404)
        first = self._seen.setdefault(entry.customer_id, entry.lines[0])
        if first == entry.lines[0]:
            return entry
        return entry.refused(f"begins in line {first} already: say each customer once, all rows of a sheet together")

    async def _put(self, profiles: Mapping[str, CustomerProfile]) -> dict[str, store.Put]:
        control = self.control
        if not profiles:
            return {}
        if self.report.dry_run:
            async with control.engine.connect() as connection:
                puts = await store.would_put(connection, profiles, control.clock.now())
        else:
            async with changing(control, self.key) as change:
                puts = await store.put_all(change, profiles, self.baseline)
        return {put.customer.id: put for put in puts}


async def _bounded(batches: Batches) -> Batches:
    async for lines in batches:
        if lines[-1][0] > MOST_LINES:
            raise Problem(413, f"more than {MOST_LINES:,} lines: send less at a time")
        yield lines
