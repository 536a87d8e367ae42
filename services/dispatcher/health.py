"""How long endpoints have failed without a success, which of them we have disabled for it, and which rest."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from services.dispatcher.batches import Health

OVER = datetime.fromtimestamp(0, UTC)


@dataclass(slots=True)
class EndpointHealth:
    """In memory what `endpoints` holds in SQL, written by every copy; `changes` is what SQL has yet to learn."""

    _known: dict[str, Health] = field(default_factory=dict)
    _changed: set[str] = field(default_factory=set)
    _unwell_at: dict[str, datetime] = field(default_factory=dict)
    """When each was last seen failing or disabled: what was late by then was not late by us."""
    _newer: set[str] = field(default_factory=set)
    """Seen since SQL was asked: it may not have had it."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self, ask: Callable[[], Awaitable[list[Health]]]) -> set[str]:
        """Endpoints whose rests are others than we knew."""
        async with self._turn:
            self._newer = set(self._changed)
            rows = await ask()
            before = self._rests()
            self.load(rows)
            return {endpoint_id for endpoint_id, _ in before ^ self._rests()}

    def load(self, rows: list[Health]) -> None:
        """All that fail, rest or are disabled; whichever else was known is well."""
        newer = {endpoint_id: self._known[endpoint_id] for endpoint_id in self._newer}
        self._known = {row.endpoint_id: row for row in rows} | newer

    def failing_since(self, endpoint_id: str) -> datetime | None:
        found = self._known.get(endpoint_id)
        return found.failing_since if found else None

    def well_since(self, endpoint_id: str, moment: datetime) -> bool:
        unwell_at = self._unwell_at.get(endpoint_id)
        return self.failing_since(endpoint_id) is None and (unwell_at is None or unwell_at < moment)

    def failing(self) -> dict[str, datetime]:
        """Since when, of each that is failing."""
        return {row.endpoint_id: row.failing_since for row in self._known.values() if row.failing_since is not None}

    def disabled(self) -> dict[str, int]:
        return {
            row.endpoint_id: row.disabled_version for row in self._known.values() if row.disabled_version is not None
        }

    def succeeded(self, endpoint_id: str) -> bool:
        """Whether it had failed before."""
        failed = self.failing_since(endpoint_id) is not None
        if failed:
            self._put(replace(self._of(endpoint_id), failing_since=None))
        return failed

    def held(self, endpoint_id: str, at: datetime) -> bool:
        """Failing counts anew from when it is enabled again. Whether it had failed before."""
        self._unwell_at[endpoint_id] = at
        return self.succeeded(endpoint_id)

    def failed(self, endpoint_id: str, at: datetime) -> None:
        self._unwell_at[endpoint_id] = at
        if self.failing_since(endpoint_id) is None:
            self._put(replace(self._of(endpoint_id), failing_since=at))

    def rests(self, endpoint_id: str, version: int, until: datetime) -> None:
        if until.timestamp() > self.rest_until(endpoint_id, version):
            self._put(replace(self._of(endpoint_id), rest_until=until, rest_version=version))

    def rest_until(self, endpoint_id: str, version: int) -> float:
        """What an earlier version of the endpoint was asked for is over."""
        found = self._known.get(endpoint_id)
        if found is None or found.rest_until is None or found.rest_version != version:
            return 0.0
        return found.rest_until.timestamp()

    def rest_over(self, endpoint_id: str) -> bool:
        """Whether there was one."""
        found = self._known.get(endpoint_id)
        if found is None or found.rest_until in {None, OVER}:
            return False
        self._put(replace(found, rest_until=OVER))
        return True

    def disable(self, endpoint_id: str, version: int, reason: str) -> None:
        """Failing counts anew from when it is enabled again."""
        self._put(Health(endpoint_id, None, version, reason))

    def forget(self, endpoint_id: str) -> None:
        """The endpoint is deleted; one of the same name begins well."""
        self._unwell_at.pop(endpoint_id, None)
        if endpoint_id in self._known:
            self._put(Health(endpoint_id, None, rest_until=OVER))

    def changes(self) -> list[Health]:
        changed = [self._known[endpoint_id] for endpoint_id in sorted(self._changed)]
        self._changed.clear()
        return changed

    def _of(self, endpoint_id: str) -> Health:
        return self._known.get(endpoint_id, Health(endpoint_id, None))

    def _rests(self) -> set[tuple[str, datetime]]:
        return {(row.endpoint_id, row.rest_until) for row in self._known.values() if row.rest_until}

    def _put(self, health: Health) -> None:
        self._known[health.endpoint_id] = health
        self._changed.add(health.endpoint_id)
        self._newer.add(health.endpoint_id)
