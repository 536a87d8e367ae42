"""The catalogue's spelling of what a sender wrote: slugs for names and symbols of materials, capitals for codes, plain
digits for customs codes. It is put in place before the shape is checked, field by field, whatever the event's kind."""

import difflib
from collections.abc import Callable, Mapping

from shared.catalog.countries import is_country, is_currency
from shared.catalog.hs import digits, materials_of
from shared.catalog.materials import materials, meanings
from shared.events.kinds import MODELS
from shared.events.units import UNIT_OF, UNITS
from shared.http.problems import FieldError, dotted

Fields = dict[str, object]
EVERYWHERE = "*"
INSTANTS = ("published_at", "submitted_at", "decided_at", "occurred_at", "as_of")
DAYS = ("announced_on", "effective_on", "until", "valid_until")


class Unknown(Exception):
    """What stands in a field is not in the catalogue; the message says what is."""


def spell(event: Fields, kind: str) -> list[FieldError]:
    """Writes the catalogue's spelling into `event`, and fills in what follows from it."""
    errors: list[FieldError] = []
    for name, spelling in _ONE[kind]:
        if isinstance(value := event.get(name), str):
            try:
                event[name] = spelling(value)
            except Unknown as error:
                errors.append({"loc": name, "message": str(error)})
    for name, spellings in _MANY[kind]:
        if isinstance(values := event.get(name), list):
            event[name] = _each_spelt(spellings, values, errors, name)
    if kind == "list_change":
        _spell_entities(event.get("entities"), errors)
    _fill_in(event, kind)
    return errors


def _each_spelt(
    spellings: Callable[[str], tuple[str, ...]], values: list[object], errors: list[FieldError], name: str
) -> list[object]:
    found: dict[object, None] = {}  # a set that keeps the order
    for number, value in enumerate(values):
        if not isinstance(value, str):
            return values  # the check of the shape says what is wrong with it
        try:
            found.update(dict.fromkeys(spellings(value)))
        except Unknown as error:
            errors.append({"loc": dotted(name, number), "message": str(error)})
    return [EVERYWHERE] if EVERYWHERE in found else list(found)


def _spell_entities(entities: object, errors: list[FieldError]) -> None:
    for number, entity in enumerate(entities if isinstance(entities, list) else ()):
        if isinstance(entity, dict) and isinstance(code := entity.get("country"), str):
            try:
                entity["country"] = _country(code)
            except Unknown as error:
                errors.append({"loc": dotted("entities", number, "country"), "message": str(error)})


def _fill_in(event: Fields, kind: str) -> None:
    """An act that names no other measure acts on itself; a customs code under which one material travels names it."""
    if kind == "measure_change" and event.get("ref") is None and "act" in event:
        event["ref"] = event["act"]
    if kind == "licence_application" and event.get("material") is None:
        match tuple(materials_of(str(event.get("hs_code", "")))):
            case (only,):
                event["material"] = only


def _material(name: str) -> str:
    found = _materials(name)
    if len(found) > 1:
        raise Unknown(f"{_shown(name)} stands for {' and '.join(found)}: name one of them")
    return found[0]


def _materials(name: str) -> tuple[str, ...]:
    if name in materials():
        return (name,)
    found = meanings(name)
    if not found:
        close = difflib.get_close_matches(name.lower(), materials(), n=1, cutoff=0.75)
        hint = f"did you mean {close[0]}?" if close else "the catalogue has slugs such as gallium and rare_earths"
        raise Unknown(f"unknown material {_shown(name)}: {hint}")
    return found


def _country(code: str) -> str:
    capitals = code.strip().upper()
    if not is_country(capitals):
        raise Unknown(f"unknown country {_shown(code)}: an ISO 3166-1 alpha-2 code, or EU")
    return capitals


def _authority(name: str) -> str:
    country, hyphen, rest = name.partition("-")
    if not (hyphen and rest and is_country(country.upper())):
        raise Unknown(f"{_shown(name)} must begin with its country and a hyphen, such as CN-MOFCOM or US-BIS")
    return f"{country.upper()}-{rest}"


def _target(code: str) -> tuple[str, ...]:
    return (EVERYWHERE,) if code.strip() == EVERYWHERE else (_country(code),)


def _currency(code: str) -> str:
    capitals = code.strip().upper()
    if not is_currency(capitals):
        raise Unknown(f"unknown currency {_shown(code)}: an ISO 4217 code")
    return capitals


def _unit(name: str) -> str:
    unit = UNIT_OF.get(" ".join(name.lower().split()))
    if unit is None:
        raise Unknown(f"unknown unit {_shown(name)}: one of {', '.join(UNITS)}")
    return unit


def _hs_code(code: str) -> str:
    bare = digits(code)
    if bare is None:
        raise Unknown(f"{_shown(code)} is no HS code: 2 to 10 digits")
    if not materials_of(bare):
        raise Unknown(f"no material of the catalogue travels under HS code {bare}")
    return bare


def _moment(text: str) -> str:
    if not begins_as_a_date(text):
        raise Unknown("must be written as RFC 3339 has it, such as 2025-04-04T09:00:00+08:00, a day as 2025-04-04")
    return text


def begins_as_a_date(text: str) -> bool:
    """A bare number would be taken for seconds since 1970."""
    return text[4:5] == "-"


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:60] + "…")


_SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "material": _material,
    "hs_code": _hs_code,
    "currency": _currency,
    "unit": _unit,
    "authority": _authority,
    **dict.fromkeys(("origin", "destination", "issuer", "reporter", "partner"), _country),
    **dict.fromkeys(INSTANTS + DAYS, _moment),
}
_ONE = {
    kind: [(name, _SPELLINGS[name]) for name in model.model_fields if name in _SPELLINGS]
    for kind, model in MODELS.items()
}
_MANY = {
    kind: [
        (name, spellings)
        for name, spellings in (("materials", _materials), ("targets", _target))
        if name in model.model_fields
    ]
    for kind, model in MODELS.items()
}
