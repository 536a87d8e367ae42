"""The first line of a spreadsheet: which column is which. What could mean two is refused before a row is read."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.control.imports.entry import NAMES
from shared.errors import ChokepointError
from shared.http.problems import FieldError, invalid

SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
ID = "customer_id"
OF_CUSTOMER = ("name", "sector", "end_use", "destination", "disclosure_conflict")
OF_EXPOSURE = (
    "material",
    "annual_demand_kg",
    "origins",
    "suppliers",
    "inventory_days",
    "substitutability",
    "revenue_share",
)
COLUMNS = (ID, *OF_CUSTOMER, *OF_EXPOSURE)
_NEEDED = (ID, "name", "destination")
_NEEDED_OF_EXPOSURE = ("material", "annual_demand_kg")
LOC = "body.header"


class NoRow(ChokepointError):
    pass


@dataclass(frozen=True, slots=True)
class Header:
    separator: str
    columns: tuple[str, ...]

    def cells(self, row: str) -> Mapping[str, str]:
        """:raises NoRow"""
        values = _split(row, self.separator)
        if len(values) != len(self.columns):
            raise NoRow(
                f"has {len(values)} cells, the header {len(self.columns)}: put text that holds "
                f"{SEPARATORS[self.separator]} in quotes"
            )
        return {name: value.strip() for name, value in zip(self.columns, values, strict=True)}

    def customer_of(self, row: str) -> str:
        """Whose a row that is none probably is; empty: that cannot be told."""
        try:
            values = _split(row, self.separator, strict=False)
            return values[self.columns.index(ID)].strip()
        except (NoRow, IndexError):
            return ""


def read(text: str, fault: str | None) -> Header:
    """`fault`: why the text cannot be read.

    :raises Problem: 422, with every fault.
    """
    found = [separator for separator in SEPARATORS if separator in text]
    if fault or len(found) != 1:
        raise invalid([{"loc": LOC, "message": fault or _no_separator(found)}])
    try:
        columns = tuple(_column(name) for name in _split(text, found[0]))
    except NoRow as error:
        raise invalid([{"loc": LOC, "message": str(error)}]) from None
    if faults := list(_faults(columns)):
        raise invalid(faults)
    return Header(found[0], columns)


def _split(row: str, separator: str, *, strict: bool = True) -> list[str]:
    """:raises NoRow"""
    try:
        return next(csv.reader([row], delimiter=separator, strict=strict))
    except csv.Error as error:
        unclosed = "a quote is opened and not closed in this line"
        raise NoRow(unclosed if "end of data" in str(error) else str(error)) from None


def _column(name: str) -> str:
    plain = name.strip().lower().replace(" ", "_").replace("-", "_")
    return ID if plain in NAMES else plain


def _no_separator(found: list[str]) -> str:
    if not found:
        return "the first line names the columns, with a comma, a semicolon or a tab between them"
    return f"holds {' and '.join(SEPARATORS[one] for one in found)}: put one kind of separator between the columns"


def _faults(columns: tuple[str, ...]) -> Iterator[FieldError]:
    for number, name in enumerate(columns, start=1):
        if name not in COLUMNS:
            told = f"column {number} is none that is known: the columns are {', '.join(COLUMNS)}"
            yield {"loc": LOC, "message": told}
        elif name in columns[: number - 1]:
            first = columns.index(name) + 1
            yield {"loc": LOC, "message": f"columns {first} and {number} are both {name}: leave one of them out"}
    needed = _NEEDED + (_NEEDED_OF_EXPOSURE if set(columns) & set(OF_EXPOSURE) else ())
    for name in needed:
        if name not in columns:
            yield {"loc": LOC, "message": f"has no column {name}: add it"}
