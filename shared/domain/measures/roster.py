"""Who stands on a list: one entity for all its spellings, and the acts that name it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.catalog.entities import normalise
from shared.contracts.events import Entity
from shared.contracts.measures import Act


@dataclass(frozen=True, slots=True)
class Listed:
    """As its first act spells it; `aliases` are its other spellings."""

    name: str
    aliases: tuple[str, ...]
    country: str | None
    acts: tuple[Act, ...]


def roster(acts: Sequence[Act]) -> list[Listed]:
    """`acts` in order. An entity is recognised by its name; by an alias only where that is another act's name of it."""
    mentions = [(act, entity) for act in acts for entity in act.entities]
    heads = _heads(mentions)
    grouped: dict[str, list[tuple[Act, Entity]]] = {}
    for act, entity in mentions:
        grouped.setdefault(heads[_key(entity.name)], []).append((act, entity))
    return [_listed(group) for group in grouped.values()]


def removals_of_nobody(entities: Iterable[Listed]) -> set[int]:
    """The acts that only take off those of whom nothing else is known: they change nothing on the list."""
    known = {
        id(act) for entity in entities if any(act.action != "removed" for act in entity.acts) for act in entity.acts
    }
    return {id(act) for entity in entities for act in entity.acts} - known


def _heads(mentions: Iterable[tuple[Act, Entity]]) -> dict[str, str]:
    """Name → the name that stands for all spellings of the entity."""
    acts_of: dict[str, set[int]] = {}
    aliases_of: dict[str, set[str]] = {}
    for act, entity in mentions:
        key = _key(entity.name)
        acts_of.setdefault(key, set()).add(id(act))
        aliases_of.setdefault(key, set()).update(map(_key, entity.aliases))
    heads = {key: key for key in acts_of}
    for key in sorted(aliases_of):
        for alias in sorted(aliases_of[key] & heads.keys()):
            one, other = heads[key], heads[alias]
            if not acts_of[one] & acts_of[other]:  # two names in one act are two entities
                first, second = min(one, other), max(one, other)
                acts_of[first] |= acts_of[second]
                heads = {name: first if head == second else head for name, head in heads.items()}
    return heads


def _key(name: str) -> str:
    return normalise(name) or name


def _listed(mentions: Sequence[tuple[Act, Entity]]) -> Listed:
    first = mentions[0][1]
    spellings = dict.fromkeys(name for _, entity in mentions for name in (entity.name, *entity.aliases))
    del spellings[first.name]
    country = next((entity.country for _, entity in mentions if entity.country), None)
    named_by = {id(act): act for act, _ in mentions}
    return Listed(first.name, tuple(spellings), country, tuple(named_by.values()))
