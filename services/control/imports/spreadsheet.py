"""A spreadsheet saved as CSV: a row is one material of one customer, and the rows of one customer stand together.

What is said of the customer itself stands in its first row; later rows say the same or leave the cell empty. A line is
a row: with a quote that is not closed it is broken by itself, and takes no other with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from services.control.customers import profile
from services.control.imports.entry import Entry, Fault, named
from services.control.imports.header import ID, OF_CUSTOMER, OF_EXPOSURE, Header, NoRow, read
from services.control.plain_text import control_characters
from shared.http.lines import LONGEST_LINE, Line
from shared.http.problems import FieldError

EXAMPLE = "CN:0.8;MY:0.2"
NO_ID = "required in every row: the customer's id"


@dataclass(slots=True)
class _Customer:
    """The rows of one, as far as they were read."""

    given: str
    lines: list[int] = field(default_factory=list)
    said: dict[str, object] = field(default_factory=dict)
    exposures: list[dict[str, object]] = field(default_factory=list)
    exposed_in: list[int] = field(default_factory=list)
    """The line of each exposure."""
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class Spreadsheet:
    _header: Header | None = None
    _customer: _Customer | None = None

    def take(self, line: Line) -> Iterator[Entry]:
        """The customer before, where this line begins another.

        :raises Problem: 422, where the first line is no header.
        """
        number, raw = line
        text, fault = _text(raw)
        if self._header is None:
            self._header = read(text, fault)
        elif fault or text.strip(self._header.separator + " "):
            yield from self._row(self._header, number, text, fault)

    def end(self) -> Iterator[Entry]:
        if self._customer:
            yield _entry(self._customer)
            self._customer = None

    def _row(self, header: Header, number: int, text: str, fault: str | None) -> Iterator[Entry]:
        cells: Mapping[str, str] = {}
        whose = header.customer_of(text)
        try:
            cells = header.cells(text)
            whose = cells[ID] or self._above(cells)
        except NoRow as error:
            fault = fault or str(error)
        if not whose:
            yield Entry((number,), "", None, [Fault(number, "", fault) if fault else Fault(number, ID, NO_ID)])
            return
        if self._customer is None or self._customer.given != whose:
            yield from self.end()
            self._customer = _Customer(whose)
        customer = self._customer
        customer.lines.append(number)
        if fault:
            customer.faults.append(Fault(number, "", fault))
        else:
            _add(customer, number, cells)

    def _above(self, cells: Mapping[str, str]) -> str:
        """Where cells were merged, a row without id and name goes on with the customer above, which is then not put
        without it."""
        return self._customer.given if self._customer and not cells["name"] else ""


def _text(raw: bytes | None) -> tuple[str, str | None]:
    """What a line says, and why it cannot be read."""
    if raw is None:
        return "", f"is longer than {LONGEST_LINE:,} bytes"
    raw = raw.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r")
    try:
        return raw.decode(), None
    except UnicodeDecodeError as error:
        wrong = f"byte {raw[error.start]:#04x} is no UTF-8: save the sheet as CSV UTF-8"
        return raw.decode(errors="replace"), wrong


def _add(customer: _Customer, number: int, cells: Mapping[str, str]) -> None:
    faults = list(control_characters({**cells}))
    if not cells[ID]:
        faults.append({"loc": ID, "message": NO_ID})
    for name in OF_CUSTOMER:
        if (cell := cells.get(name, "")) and customer.said.setdefault(name, cell) != cell:
            told = f"is not what line {customer.lines[0]} says of the same customer: say it there, or the same here"
            faults.append({"loc": name, "message": told})
    if any(cells.get(name) for name in OF_EXPOSURE):
        exposure, wrong = _exposure(cells)
        customer.exposures.append(exposure)
        customer.exposed_in.append(number)
        faults += wrong
    customer.faults += [Fault(number, **fault) for fault in faults]


def _exposure(cells: Mapping[str, str]) -> tuple[dict[str, object], list[FieldError]]:
    exposure: dict[str, object] = {name: cells[name] for name in OF_EXPOSURE if cells.get(name)}
    exposure["suppliers"] = _parts(cells.get("suppliers", ""))
    origins: dict[str, str] = {}
    faults: list[FieldError] = []
    for part in _parts(cells.get("origins", "")):
        country, colon, share = (word.strip() for word in part.partition(":"))
        if not colon:
            faults.append({"loc": "origins", "message": f"must be countries with their shares, such as {EXAMPLE}"})
        elif country in origins:
            faults.append({"loc": "origins", "message": "names a country twice: give each one share"})
        else:
            origins[country] = share
    return exposure | {"origins": origins}, faults


def _parts(cell: str) -> list[str]:
    return [part for word in cell.split(";") if (part := word.strip())]


def _entry(customer: _Customer) -> Entry:
    customer_id, wrong = named({ID: customer.given})
    faults = customer.faults + [Fault(customer.lines[0], **fault) for fault in wrong]
    wanted = None
    try:
        wanted = profile.read({**customer.said, "exposures": customer.exposures})
    except profile.Faulty as faulty:
        if all(fault.loc for fault in customer.faults):  # or what a broken row says would be found missing, too
            faults += [_placed(customer, fault) for fault in faulty.errors]
    return Entry(tuple(customer.lines), customer_id, None if faults else wanted, faults)


def _placed(customer: _Customer, fault: FieldError) -> Fault:
    """`exposures.1.origins.CN` is the cell `origins` of the row that says the second exposure."""
    match fault["loc"].split(".", 2):
        case ["exposures", number, *within]:
            return Fault(customer.exposed_in[int(number)], ".".join(within), fault["message"])
        case _:
            return Fault(customer.lines[0], fault["loc"], fault["message"])
