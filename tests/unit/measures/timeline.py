"""The catalogue's acts as the registry would keep them, by measure."""

from datetime import UTC, datetime
from functools import cache

from pydantic import TypeAdapter

from shared.catalog.acts import acts
from shared.contracts.events import ListChange, MeasureChange
from shared.contracts.measures import Act
from shared.domain.measures import Identity
from shared.domain.measures.events import of_list, of_measure

KNOWN_AT = datetime(2026, 11, 23, tzinfo=UTC)
_EVENT: TypeAdapter[MeasureChange | ListChange] = TypeAdapter(MeasureChange | ListChange)


@cache
def timeline() -> dict[Identity, tuple[Act, ...]]:
    by_measure: dict[Identity, tuple[Act, ...]] = {}
    for line in acts():
        if line["kind"] != "signal":
            event = _EVENT.validate_python(plain(line))
            made = of_measure if isinstance(event, MeasureChange) else of_list
            identity, act = made(event, str(line["id"]), KNOWN_AT)  # type: ignore[arg-type]  # each by its own kind
            by_measure[identity] = (*by_measure.get(identity, ()), act)
    return by_measure


def plain(value: object) -> object:
    if hasattr(value, "items"):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, tuple) else value
