"""The closed list of materials: what each is called, and which names, symbols and groups stand for it.

A name means one material, or two (NdPr). In a field that can only hold a material, words that mean something else
elsewhere (cobalt, the colour) count too; phrases that never mean the material (gallium scan) and words for more than it
(magnets, critical minerals) do not.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal, NotRequired, TypedDict

from shared.catalog.files import CatalogError, read
from shared.catalog.spelling import key

Kind = Literal["element", "compound_group", "product", "group"]
Sense = Literal["homonym", "loose", "other"]
"""homonym: the material or something else. loose: the material or more than it. other: never the material."""


@dataclass(frozen=True, slots=True)
class AmbiguousWord:
    text: str
    sense: Sense


@dataclass(frozen=True, slots=True)
class Material:
    slug: str
    kind: Kind
    symbol: str | None
    members: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]]
    """Language (ISO 639-1) → names."""
    ambiguous: tuple[AmbiguousWord, ...]
    hs6: tuple[str, ...]
    products: tuple[str, ...]

    @property
    def label(self) -> str:
        """What a reader of an alert sees: rare earths, NdFeB magnets."""
        spoken = self.slug.replace("_", " ")
        return next((name for name in self.names["en"] if name.lower() == spoken), spoken)


@cache
def materials() -> Mapping[str, Material]:
    senses: _Senses = json.loads(read("senses.json"))
    rows: list[_Row] = json.loads(read("materials.json"))
    return MappingProxyType({row["slug"]: _material(row, senses) for row in rows})


def resolve(name: str) -> str | None:
    """The one material that a slug, name, symbol or homonym stands for; None if for none, or two (see `meanings`)."""
    found = meanings(name)
    return found[0] if len(found) == 1 else None


def meanings(name: str) -> tuple[str, ...]:
    """Every material that the name stands for, in catalogue order: NdPr is neodymium and praseodymium."""
    return _spellings().get(key(name), ())


def expand(slugs: Iterable[str]) -> frozenset[str]:
    """Everything that these cover: themselves, the members of groups, and smaller groups whose members all belong."""
    covered: set[str] = set()
    for slug in slugs:
        covered |= _reach(slug)
    return frozenset(covered)


def covers(scope: Iterable[str], material: str) -> bool:
    """Whether a scope reaches a material: rare_earths reaches dysprosium, dysprosium does not reach rare_earths."""
    return any(material in _reach(slug) for slug in scope)


class _Row(TypedDict):
    slug: str
    kind: Kind
    symbol: NotRequired[str]
    members: NotRequired[list[str]]
    names: dict[str, list[str]]
    ambiguous: list[str]
    hs6: list[str]
    products: list[str]


class _Senses(TypedDict):
    loose: dict[str, list[str]]
    other: dict[str, list[str]]


def _material(row: _Row, senses: _Senses) -> Material:
    return Material(
        slug=row["slug"],
        kind=row["kind"],
        symbol=row.get("symbol"),
        members=tuple(row.get("members", ())),
        names=MappingProxyType({language: tuple(names) for language, names in row["names"].items()}),
        ambiguous=_ambiguous(row, senses),
        hs6=tuple(row["hs6"]),
        products=tuple(row["products"]),
    )


_WORD_AND_MEANING = re.compile(r"(?P<word>.+?) \(.+\)", re.DOTALL)


def _ambiguous(row: _Row, senses: _Senses) -> tuple[AmbiguousWord, ...]:
    loose, other = senses["loose"].get(row["slug"], []), senses["other"].get(row["slug"], [])
    words: list[AmbiguousWord] = []
    for entry in row["ambiguous"]:
        parts = _WORD_AND_MEANING.fullmatch(entry)
        if parts is None:
            raise CatalogError(
                f"materials.json, {row['slug']}: ambiguous {entry!r} lacks its other meaning in brackets"
            )
        word = parts["word"]
        sense: Sense = "loose" if word in loose else "other" if word in other else "homonym"
        words.append(AmbiguousWord(word, sense))
    listed = {word.text for word in words}
    words += [AmbiguousWord(phrase, "other") for phrase in other if phrase not in listed]
    return tuple(words)


@cache
def _spellings() -> Mapping[str, tuple[str, ...]]:
    """Key of a spelling → slugs, in catalogue order."""
    found: dict[str, tuple[str, ...]] = {}
    for material in materials().values():
        for spelling in _spellings_of(material):
            others = found.get(key(spelling), ())
            found[key(spelling)] = tuple(dict.fromkeys((*others, material.slug)))
    return MappingProxyType(found)


def _spellings_of(material: Material) -> Iterator[str]:
    yield material.slug
    for names in material.names.values():
        yield from names
    if material.symbol:
        yield material.symbol
    yield from (word.text for word in material.ambiguous if word.sense == "homonym")


@cache
def _reach(slug: str) -> frozenset[str]:
    material = materials().get(slug)
    if material is None:
        raise CatalogError(
            f"unknown material {slug!r}: expected a slug of the catalogue, such as {next(iter(materials()))}"
        )
    members = _elements(material)
    groups = {m.slug for m in materials().values() if m.kind == "group" and members >= _elements(m)}
    return frozenset({slug} | members | groups)


def _elements(material: Material) -> frozenset[str]:
    """The members of a group, and theirs; nothing for a material that is no group."""
    return frozenset(material.members).union(*(_elements(materials()[slug]) for slug in material.members))
