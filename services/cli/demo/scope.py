"""Whom an official act concerns, by rules plain enough to check by hand. What is expected of the system is derived from
them before it runs, and from nothing that it says."""

from collections.abc import Iterable, Mapping
from typing import cast

from shared.catalog.countries import members
from shared.catalog.entities import same_entity
from shared.catalog.materials import covers
from shared.contracts.customers import CustomerProfile, Exposure

EVERYWHERE = "*"


def concerns(act: Mapping[str, object], profile: CustomerProfile) -> bool:
    """A list concerns who buys from a company on it or is one; every other act who buys one of its materials from its
    issuer, for a destination and an end use that it names."""
    if act["kind"] == "list_change":
        return _names(act, profile)
    return (
        any(_is_bought_there(act, exposure) for exposure in profile.exposures)
        and _reaches(_texts(act, "targets"), profile.destination)
        and (not act.get("end_uses") or profile.end_use in _texts(act, "end_uses"))
    )


def _names(act: Mapping[str, object], profile: CustomerProfile) -> bool:
    entities = cast("Iterable[Mapping[str, str]]", act["entities"])
    ours = [profile.name, *(supplier for exposure in profile.exposures for supplier in exposure.suppliers)]
    return any(same_entity(entity["name"], name) for entity in entities for name in ours)


def _is_bought_there(act: Mapping[str, object], exposure: Exposure) -> bool:
    from_there = any(exposure.origins.get(country, 0) > 0 for country in members(str(act["issuer"])))
    return from_there and covers(_texts(act, "materials"), exposure.material)


def _reaches(targets: Iterable[str], destination: str) -> bool:
    return any(target == EVERYWHERE or destination in members(target) for target in targets)


def _texts(act: Mapping[str, object], name: str) -> tuple[str, ...]:
    return tuple(cast("Iterable[str]", act.get(name) or ()))
