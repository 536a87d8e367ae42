"""Columns that grow together. Rows are never moved, so that a row number stays valid until its row is freed."""

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.int32]
Mask = NDArray[np.bool_]
Array = NDArray[Any]

_FIRST = 16


def grown(array: Array, capacity: int) -> Array:
    """A copy with room for `capacity` in its first dimension; what is new is zero."""
    larger = np.zeros((capacity, *array.shape[1:]), array.dtype)
    larger[: len(array)] = array
    return larger


def room_for(length: int) -> int:
    return max(_FIRST, length + length // 4)


class Columns:
    """`COLUMNS` names the arrays and their types; `length` rows are in use."""

    COLUMNS: ClassVar[dict[str, type[np.generic]]]

    def __init__(self) -> None:
        self.length = 0
        for name, kind in self.COLUMNS.items():
            setattr(self, name, np.zeros(_FIRST, kind))

    def append(self, count: int = 1) -> int:
        """Makes `count` rows of zeros; the first one's number."""
        first = self.length
        self.length += count
        name = next(iter(self.COLUMNS))
        if self.length > len(getattr(self, name)):
            for name in self.COLUMNS:
                setattr(self, name, grown(getattr(self, name), room_for(self.length)))
        return first

    def arrays(self) -> dict[str, Array]:
        return {name: getattr(self, name)[: self.length] for name in self.COLUMNS}

    @classmethod
    def of(cls, arrays: dict[str, Array]) -> Self:
        columns = cls()
        for name, kind in cls.COLUMNS.items():
            setattr(columns, name, np.ascontiguousarray(arrays[name], dtype=kind))
            columns.length = len(arrays[name])
        return columns


class Customers(Columns):
    """One row for each customer that ever was; a deleted one keeps its row, and with it its sequence."""

    COLUMNS: ClassVar = {
        "context": np.int32,
        "sequence": np.int32,
        "version": np.int32,
        "first": np.int32,
        "name": np.uint64,
        "alive": np.bool_,
        "discreet": np.bool_,
    }
    context: NDArray[np.int32]
    """Destination and end use: `Contexts`."""
    sequence: NDArray[np.int32]
    version: NDArray[np.int32]
    first: Rows
    """Its first exposure, -1 without any; the others follow by `Exposures.following`."""
    name: NDArray[np.uint64]
    alive: Mask
    discreet: Mask
    """It may not disclose whom it buys from: no text says it."""


class Exposures(Columns):
    """One row for each (customer, material); a freed one has customer -1 and is used again, the lowest first."""

    COLUMNS: ClassVar = {
        "customer": np.int32,
        "following": np.int32,
        "material": np.int16,
        "start": np.int32,
        "count": np.int16,
        "supplier_start": np.int32,
        "suppliers": np.int16,
        "demand": np.float64,
        "usual_cover": np.float64,
        "substitutability": np.float64,
        "revenue_share": np.float64,
        "stock": np.float64,
        "daily_use": np.float64,
        "stock_at": np.int64,
        "report": np.uint64,
        "closed": np.float64,
        "denied_on": np.int32,
        "granted_on": np.int32,
        "score": np.float64,
        "band": np.int8,
        "digest": np.uint64,
    }
    customer: NDArray[np.int32]
    following: Rows
    material: NDArray[np.int16]
    start: NDArray[np.int32]
    """Its origins stand in the pool from here on, `count` of them."""
    count: NDArray[np.int16]
    supplier_start: NDArray[np.int32]
    suppliers: NDArray[np.int16]
    """Names of suppliers, likewise."""
    demand: Floats
    """kg a year."""
    usual_cover: Floats
    """Days of stock that the profile states; it does not run down by itself."""
    substitutability: Floats
    revenue_share: Floats
    stock: Floats
    """kg of the newest report and what arrived since; runs down by `daily_use` from `stock_at` on."""
    daily_use: Floats
    stock_at: NDArray[np.int64]
    """Microseconds since 1970; 0: never reported."""
    report: NDArray[np.uint64]
    """`code_of` the event id of that report: what comes under the same id corrects it."""
    closed: Floats
    """Share of the supply that listings of companies close."""
    denied_on: NDArray[np.int32]
    """Days since 1970 of the newest denial among the customer's own cases; 0: none."""
    granted_on: NDArray[np.int32]
    score: Floats
    band: NDArray[np.int8]
    """-1: not scored yet."""
    digest: NDArray[np.uint64]
    """Of what its last record showed, `as_of` aside."""


class Pool(Columns):
    """Origins of all exposures, one exposure's after another's."""

    COLUMNS: ClassVar = {"origin": np.uint8, "share": np.float64, "assumed": np.bool_}
    origin: NDArray[np.uint8]
    share: Floats
    assumed: Mask
    """Not stated by the customer: a share of the unknown rest, as the world produces."""


class Suppliers(Columns):
    """Names (`entity_code`) of the suppliers of exposures that state any; exposure -1 where one was freed."""

    COLUMNS: ClassVar = {"exposure": np.int32, "name": np.uint64}
    exposure: Rows
    name: NDArray[np.uint64]
