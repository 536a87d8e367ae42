"""What a line of acts.jsonl must look like, kind by kind."""

from collections.abc import Callable, Mapping
from datetime import date

from shared.catalog.countries import is_country
from shared.catalog.materials import materials


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.strip() == value != ""


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_list_of(value: object, item: Callable[[object], bool]) -> bool:
    return isinstance(value, list) and all(item(inner) for inner in value)


def _is_country(value: object) -> bool:
    return isinstance(value, str) and is_country(value)


def _is_government(value: object) -> bool:
    return isinstance(value, dict) and _is_text(value.get("name")) and value.get("type") == "government"


def _is_entity(value: object) -> bool:
    return isinstance(value, dict) and _is_text(value.get("name")) and _is_country(value.get("country"))


def _one_of(words: str) -> Callable[[object], bool]:
    allowed = frozenset(words.split())
    return lambda value: value in allowed


def _optional(check: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or check(value)


Shape = Mapping[str, Callable[[object], bool]]

_EVERY: Shape = {
    "kind": _is_text,
    "id": _is_text,
    "source": _is_government,
    "act": _is_text,
    "ref": _is_text,
    "announced_on": _is_day,
    "effective_on": _is_day,
    "until": _optional(_is_day),
}
_SCOPE: Shape = {
    "issuer": _is_country,
    "title": _is_text,
    "materials": lambda value: _is_list_of(value, lambda slug: slug in materials()),
    "targets": lambda value: _is_list_of(value, lambda code: code == "*" or _is_country(code)),
    "end_uses": lambda value: _is_list_of(value, _one_of("civil defence dual_use unknown")),
}
_INSTRUMENTS = (
    "ban licence_requirement quota tariff technology_ban entity_listing extraterritorial_rule exporter_whitelist"
    " export_halt watch_list"
)
_SHAPES: Mapping[object, Shape] = {
    "measure_change": {
        **_EVERY,
        **_SCOPE,
        "instrument": _one_of(_INSTRUMENTS),
        "action": _one_of("imposed expanded suspended reinstated lifted extended amended"),
    },
    "list_change": {
        **_EVERY,
        "authority": _is_text,
        "list": _is_text,
        "action": _one_of("added removed suspended reinstated extended"),
        "entities": lambda value: _is_list_of(value, _is_entity) and bool(value),
    },
    "signal": {
        **_EVERY,
        **_SCOPE,
        "type": _is_text,
        "instrument": _optional(_is_text),
        "companies": _optional(lambda value: _is_list_of(value, _is_text)),
    },
}


def problem_of(row: Mapping[str, object]) -> str | None:
    """What keeps a line from being an act of its kind; None if nothing does."""
    shape = _SHAPES.get(row.get("kind"))
    if shape is None:
        return f"kind {row.get('kind')!r}: expected one of {', '.join(map(str, _SHAPES))}"
    if unknown := sorted(set(row) - set(shape)):
        return f"unknown fields {', '.join(unknown)}"
    wrong = [name for name, holds in shape.items() if not holds(row.get(name))]
    return f"{wrong[0]} {row.get(wrong[0])!r} is missing or not of its kind" if wrong else None
