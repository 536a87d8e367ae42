"""Which cases are counted together, and which sums may be shown: none that fewer than five customers are behind, nor
one from which such a sum could be had by taking away others that are shown."""

from collections.abc import Iterable, Mapping, Set
from typing import NamedTuple

from shared.contracts.base import EndUse
from shared.contracts.licences import Stratum
from shared.domain.licences.policy import FEWEST_CUSTOMERS


class Key(NamedTuple):
    origin: str
    material: str | None
    destination: str | None
    end_use: EndUse

    @classmethod
    def of(cls, stratum: Stratum) -> "Key":
        return cls(stratum.origin, stratum.material, stratum.destination, stratum.end_use)


def chain(origin: str, material: str, destination: str, end_use: EndUse) -> tuple[Key, Key, Key]:
    """A stratum, its parent (every destination), and that one's (every material of the issuer)."""
    return (
        Key(origin, material, destination, end_use),
        Key(origin, material, None, end_use),
        Key(origin, None, None, end_use),
    )


def parent_of(key: Key) -> Key | None:
    if key.destination is not None:
        return key._replace(destination=None)
    return key._replace(material=None) if key.material is not None else None


def showable(own: Mapping[Key, Set[str]]) -> set[Key]:
    """`own`: the customers of each stratum that has a material and a destination. What of a wider one no shown part
    covers must have enough customers of its own, or none."""
    shown: set[Key] = set()
    level = {key: [key] for key in own}
    while level:
        for key, parts in level.items():
            uncovered = [part for part in parts if not _is_covered(part, key, shown)]
            if not uncovered:
                shown.add(key)
                continue
            if len(_customers(own, uncovered)) >= FEWEST_CUSTOMERS:
                shown.add(key)
        level = _widened(level)
    return shown


def _is_covered(part: Key, by: Key, shown: Set[Key]) -> bool:
    """By a shown stratum below `by`."""
    below: Key | None = part
    while below is not None and below != by:
        if below in shown:
            return True
        below = parent_of(below)
    return False


def _customers(own: Mapping[Key, Set[str]], parts: Iterable[Key]) -> set[str]:
    return set().union(*(own[part] for part in parts))


def _widened(level: Mapping[Key, list[Key]]) -> dict[Key, list[Key]]:
    wider: dict[Key, list[Key]] = {}
    for key, parts in level.items():
        above = parent_of(key)
        if above is not None:
            wider.setdefault(above, []).extend(parts)
    return wider
