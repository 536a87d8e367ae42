"""What a human reads in a text instead of what the machine read, in the catalogue's spelling."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Annotated, get_args

from pydantic import Field, StringConstraints

from services.control.materials import unknown_material
from shared.catalog import materials
from shared.catalog.countries import is_country
from shared.contracts.base import Strict
from shared.contracts.events import Text
from shared.contracts.reviews import Corrected, Removable
from shared.contracts.signals import Asserted, Direction, SignalType
from shared.http.problems import FieldError, dotted, invalid

EVERYWHERE = "*"
Reason = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_REMOVABLE: tuple[Removable, ...] = get_args(Removable)


class CorrectionRequest(Strict):
    """What is left out stays as it was read. `null` for the issuer or a date: the text names none."""

    reason: Reason
    type: SignalType | None = None
    asserted: Asserted | None = None
    direction: Direction | None = None
    materials: Annotated[tuple[Name, ...] | None, Field(min_length=1, max_length=100)] = None
    issuer: Name | None = None
    targets: Annotated[tuple[Name, ...] | None, Field(max_length=300)] = None
    companies: Annotated[tuple[Text, ...] | None, Field(max_length=100)] = None
    effective_on: date | None = None
    expires_on: date | None = None
    occurred_on: date | None = None


def checked(request: CorrectionRequest, today: date) -> Corrected:
    """:raises Problem: 422, with every fault."""
    given = request.model_fields_set - {"reason"}
    errors = [*_left_open(request, given), *_unknown_names(request), *_wrong_dates(request, today)]
    if errors:
        raise invalid(errors)
    fields = {name: value for name in given if (value := getattr(request, name)) is not None}
    fields |= {
        name: tuple(dict.fromkeys(map(spell, fields[name]))) for name, spell in _SPELLINGS.items() if name in fields
    }
    if request.issuer:
        fields["issuer"] = _capitals(request.issuer)
    return Corrected(**fields, removed=tuple(name for name in _REMOVABLE if name in given and name not in fields))


def _left_open(request: CorrectionRequest, given: set[str]) -> Iterator[FieldError]:
    if not given:
        named = ", ".join(name for name in CorrectionRequest.model_fields if name != "reason")
        yield {"loc": "body", "message": f"corrects nothing: give at least one of {named}"}
    for name in sorted(given):
        if getattr(request, name) is None and name not in _REMOVABLE:
            yield {"loc": dotted("body", name), "message": "cannot be nothing: leave it out, or say what it is"}


def _unknown_names(request: CorrectionRequest) -> Iterator[FieldError]:
    for number, material in enumerate(request.materials or ()):
        if materials.resolve(material) is None:
            yield {"loc": dotted("body", "materials", number), "message": unknown_material(material)}
    if request.issuer and not is_country(_capitals(request.issuer)):
        yield {"loc": "body.issuer", "message": _no_country(request.issuer)}
    for number, target in enumerate(request.targets or ()):
        if _capitals(target) != EVERYWHERE and not is_country(_capitals(target)):
            yield {"loc": dotted("body", "targets", number), "message": f"{_no_country(target)}, or * for everywhere"}


def _wrong_dates(request: CorrectionRequest, today: date) -> Iterator[FieldError]:
    if request.occurred_on and request.occurred_on > today:
        yield {"loc": "body.occurred_on", "message": "has not come yet: what is to come is effective_on"}
    if request.effective_on and request.expires_on and request.expires_on < request.effective_on:
        yield {"loc": "body.expires_on", "message": "lies before effective_on"}


def _capitals(code: str) -> str:
    return code.strip().upper()


def _no_country(code: str) -> str:
    return f"{code[:60]!r} is no country: take an ISO 3166-1 alpha-2 code, or EU"


_SPELLINGS: dict[str, Callable[[str], str]] = {
    "materials": lambda name: materials.resolve(name) or name,
    "targets": _capitals,
}
