"""One customer of an import: what it is to be, or why that cannot be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from services.control.customers import profile
from services.control.plain_text import control_characters
from shared.contracts.base import Identifier
from shared.contracts.customers import CustomerProfile
from shared.http.json_text import InvalidJson, parse
from shared.http.lines import LONGEST_LINE, Line
from shared.http.problems import FieldError, dotted, field_errors

NAMES = ("id", "customer_id")
"""The customer's: either stands for the other."""
_ID: TypeAdapter[str] = TypeAdapter(Identifier)


class Fault(NamedTuple):
    line: int
    loc: str
    """Within the line; empty: the line itself."""
    message: str

    def told(self) -> FieldError:
        return {"loc": dotted("line", self.line, self.loc).rstrip("."), "message": self.message}


@dataclass(frozen=True, slots=True)
class Entry:
    lines: tuple[int, ...]
    customer_id: str
    """Empty: it cannot be told."""
    profile: CustomerProfile | None = None
    faults: list[Fault] = field(default_factory=list)
    code: int = 422
    """Where there are faults: what a `PUT` would have answered."""

    def refused(self, message: str, code: int = 422) -> "Entry":
        """As if nothing else had been looked at."""
        return Entry(self.lines, self.customer_id, None, [Fault(self.lines[0], NAMES[1], message)], code)


def of_line(line: Line) -> Entry:
    """A line of NDJSON: the customer's id beside the fields of its profile."""
    number, text = line
    if text is None:
        return _broken(number, f"longer than {LONGEST_LINE:,} bytes")
    try:
        said = parse(text)
    except InvalidJson as invalid:
        return _broken(number, str(invalid))
    if not isinstance(said, dict):
        return _broken(number, "must be an object: the customer's id and the fields of its profile")
    if unreadable := list(control_characters(said)):
        return Entry((number,), "", None, [Fault(number, **fault) for fault in unreadable])
    ids = {name: said.pop(name) for name in NAMES if name in said}
    customer_id, faults = named(ids)
    try:
        wanted = profile.read(said)
    except profile.Faulty as faulty:
        wanted, faults = None, [*faults, *faulty.errors]
    return Entry((number,), customer_id, None if faults else wanted, [Fault(number, **fault) for fault in faults])


def named(ids: Mapping[str, object]) -> tuple[str, list[FieldError]]:
    """The customer that is meant, or what is wrong with how it is."""
    if len(ids) != 1:
        message = "required: the customer's id" if not ids else "says the customer's id a second time: leave one out"
        return "", [{"loc": NAMES[len(ids) // 2], "message": message}]
    [(name, value)] = ids.items()
    try:
        return _ID.validate_python(value), []
    except ValidationError as error:
        return "", field_errors(error.errors(include_url=False, include_input=False), name)


def _broken(number: int, message: str) -> Entry:
    return Entry((number,), "", None, [Fault(number, "", message)])
