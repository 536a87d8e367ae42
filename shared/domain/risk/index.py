"""Which exposures buy a material from a country: a change of the world touches only these."""

import numpy as np

from shared.domain.risk.columns import Rows, grown, room_for

_NONE = np.zeros(0, np.int32)


class Index:
    """(material, origin) → rows, in no order."""

    def __init__(self) -> None:
        self._rows: dict[tuple[int, int], Rows] = {}
        self._lengths: dict[tuple[int, int], int] = {}

    def add(self, material: int, origin: int, row: int) -> None:
        key = (material, origin)
        length = self._lengths.get(key, 0)
        rows = self._rows.get(key, _NONE)
        if length == len(rows):
            rows = self._rows[key] = grown(rows, room_for(length + 1) if length else 4)
        rows[length] = row
        self._lengths[key] = length + 1

    def remove(self, material: int, origin: int, row: int) -> None:
        key = (material, origin)
        rows, last = self._rows[key], self._lengths[key] - 1
        at = int(np.flatnonzero(rows[: last + 1] == row)[0])
        rows[at] = rows[last]
        self._lengths[key] = last

    def rows(self, material: int, origin: int) -> Rows:
        """Valid until the next change of the index."""
        key = (material, origin)
        return self._rows.get(key, _NONE)[: self._lengths.get(key, 0)]

    def fill(self, key: tuple[int, int], rows: Rows) -> None:
        self._rows[key], self._lengths[key] = rows, len(rows)
