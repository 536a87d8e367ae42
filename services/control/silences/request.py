from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, get_args

from pydantic import Field, StringConstraints

from services.control.materials import unknown_material
from shared.catalog import materials
from shared.contracts.alerts import AlertKind
from shared.contracts.base import Identifier, Instant, Severity, Strict
from shared.http.problems import FieldError, dotted, invalid

Value = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class SilenceRequest(Strict):
    """`matchers`: field of an alert (`kind`, `material`, `severity`, `measure`) → the value that it must have; all of
    them must. None at all silences everything of one customer."""

    customer_id: Identifier | None = None
    matchers: Annotated[dict[str, Value], Field(default_factory=dict, max_length=4)]
    starts_at: Instant | None = None
    until: Instant
    comment: Annotated[str, StringConstraints(max_length=1_000)] = ""


def checked(request: SilenceRequest, now: datetime) -> SilenceRequest:
    """:raises Problem: 422, with every fault."""
    errors = [error for name, value in request.matchers.items() if (error := _fault(name, value))]
    if request.until <= max(now, request.starts_at or now):
        errors.append({"loc": "body.until", "message": "is over before it begins: give a later time"})
    if request.customer_id is None and not request.matchers:
        told = "a silence of every customer needs at least one matcher"
        errors.append({"loc": "body.matchers", "message": told})
    if errors:
        raise invalid(errors)
    matchers = {name: _slug(value) if name == "material" else value for name, value in request.matchers.items()}
    return request.model_copy(update={"matchers": matchers})


def _one_of(values: tuple[str, ...]) -> Callable[[str], str | None]:
    return lambda value: None if value in values else f"must be one of {', '.join(values)}"


def _material(value: str) -> str | None:
    return None if materials.resolve(value) else unknown_material(value)


_FAULTS: Mapping[str, Callable[[str], str | None]] = {
    "kind": _one_of(get_args(AlertKind)),
    "material": _material,
    "severity": _one_of(get_args(Severity)),
    "measure": lambda _: None,
}


def _fault(name: str, value: str) -> FieldError | None:
    loc = dotted("body", "matchers", name)
    if name not in _FAULTS:
        return {"loc": loc, "message": f"unknown field: alerts are matched by {', '.join(_FAULTS)}"}
    message = _FAULTS[name](value)
    return {"loc": loc, "message": message} if message else None


def _slug(name: str) -> str:
    return materials.resolve(name) or name
