"""The short way in: an event that is in the catalogue's own spelling already, whole and of the right shape, is read in
one go. Whatever is not takes the long way (`reading.read_event`), which mends it or says what is wrong with it."""

import copy
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Union

from annotated_types import Len, MaxLen, MinLen
from pydantic import BeforeValidator, Field, Strict, TypeAdapter, create_model
from pydantic.fields import FieldInfo

from shared.catalog.countries import EU, countries, currencies
from shared.catalog.materials import materials
from shared.contracts.events import AnyEvent, Event
from shared.events.kinds import MODELS
from shared.events.spelling import DAYS, EVERYWHERE, INSTANTS, begins_as_a_date
from shared.events.units import UNITS

LONG_WAY_ONLY = ("list_change", "trade_flow")
"""Their spelling is not a matter of closed lists; they are rare."""


def read_canonical(text: bytes) -> AnyEvent | None:
    """:raises pydantic.ValidationError: take the long way."""
    event: AnyEvent = _READ(text)
    return event if _is_whole(event) else None


def _is_whole(event: AnyEvent) -> bool:
    """Whether nothing is left to be filled in."""
    if event.kind == "measure_change":
        return event.ref is not None
    return event.kind != "licence_application" or event.hs_code is None


def _narrowed(model: type[Event]) -> Any:
    fields: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        if (narrow := _narrow(name, info)) is not None:
            fields[name] = (narrow.annotation, narrow)
    return create_model(model.__name__, __base__=model, __cls_kwargs__={"strict": True}, **fields)


def _narrow(name: str, info: FieldInfo) -> FieldInfo | None:
    narrow = copy.copy(info)
    if name in _CLOSED:
        narrow.annotation = _CLOSED[name] | None if info.default is None else _CLOSED[name]
        narrow.metadata = [rule for rule in info.metadata if isinstance(rule, Len | MinLen | MaxLen)]
    elif name in INSTANTS + DAYS:
        # text is read as a time only where it is not strict; the check before it lets nothing but text through
        narrow.metadata = [*info.metadata, Strict(False), BeforeValidator(_as_text)]
    else:
        return None
    return narrow


def _as_text(value: object) -> object:
    if value is not None and not (isinstance(value, str) and begins_as_a_date(value)):
        raise ValueError("no date as text")
    return value


def _one_of(words: Iterable[str]) -> Any:
    return Literal[*words]


def _any_number_of(what: Any) -> Any:
    return tuple.__class_getitem__((what, ...))


_SLUG = _one_of(materials())
_COUNTRY = _one_of([*countries(), EU])
_CLOSED: dict[str, Any] = {
    "material": _SLUG,
    "materials": _any_number_of(_SLUG),
    "targets": _any_number_of(_one_of([*countries(), EU, EVERYWHERE])),
    "currency": _one_of(currencies()),
    "unit": _one_of(UNITS),
    **dict.fromkeys(("origin", "destination", "issuer"), _COUNTRY),
}
_models = [_narrowed(model) for kind, model in MODELS.items() if kind not in LONG_WAY_ONLY]
_ANY_OF_THEM: Any = Annotated[Union[tuple(_models)], Field(discriminator="kind")]  # noqa: UP007  # made, not written
_READ = TypeAdapter(_ANY_OF_THEM).validator.validate_json
