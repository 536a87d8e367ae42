"""From a customs code to the materials that travel under it.

A code never proves that a control applies: purity, form and size decide.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import TypedDict

from shared.catalog.files import read
from shared.catalog.materials import materials

_CODE = re.compile(r"\d{2,10}")
_SPACING = re.compile(r"[.\s]")


def digits(code: str) -> str | None:
    """2805.30 12 00 → 2805301200; None for what is no HS code (2 to 10 digits, dots and spaces allowed)."""
    bare = _SPACING.sub("", code)
    return bare if _CODE.fullmatch(bare) and bare.isascii() else None


def materials_of(code: str) -> frozenset[str]:
    """The materials under a code; empty if it is unknown or no code.

    A ten-digit Chinese or American code that the catalogue lists is exact. Any other code counts by its first six
    digits; a heading or chapter (fewer than six) by everything below it.
    """
    bare = digits(code)
    if bare is None:
        return frozenset()
    if bare in _national():
        return _national()[bare]
    if len(bare) >= 6:
        return _by_hs6().get(bare[:6], frozenset())
    return frozenset().union(*(slugs for hs6, slugs in _by_hs6().items() if hs6.startswith(bare)))


class _Codes(TypedDict, total=False):
    hs6: list[str]
    cn10: list[str]
    us10: dict[str, str]


@cache
def _table() -> Mapping[str, _Codes]:
    rows: dict[str, _Codes] = json.loads(read("hs_codes.json"))
    return MappingProxyType({slug: codes for slug, codes in rows.items() if slug in materials()})


@cache
def _by_hs6() -> Mapping[str, frozenset[str]]:
    pairs = [(code, slug) for slug, codes in _table().items() for code in codes.get("hs6", [])]
    pairs += [(code, material.slug) for material in materials().values() for code in material.hs6]
    return _grouped(pairs)


@cache
def _national() -> Mapping[str, frozenset[str]]:
    chinese = [(code, slug) for slug, codes in _table().items() for code in codes.get("cn10", [])]
    american = [(code, slug) for slug, codes in _table().items() for code in codes.get("us10", {}).values()]
    return _grouped(chinese + [(code.replace(".", ""), slug) for code, slug in american])


def _grouped(pairs: list[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for code, slug in pairs:
        groups.setdefault(code, set()).add(slug)
    return MappingProxyType({code: frozenset(slugs) for code, slugs in groups.items()})
