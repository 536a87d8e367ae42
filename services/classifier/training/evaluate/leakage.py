"""Whether a text of the report, or a near copy of it, was learned from."""

from collections.abc import Iterable
from typing import Final
from zlib import crc32

from services.classifier.training.texts import Item
from shared.domain.judgement.fingerprint import normal

SIZE: Final = 12
"""Letters of a shingle."""
ONE_IN: Final = 4
COPY_FROM: Final = 0.5


def copies(learned: Iterable[Item], reported: Iterable[Item]) -> list[tuple[str, str, float]]:
    """(reported, learned, share of the smaller one's shingles that both have), of pairs that are near copies."""
    own = {item.id: _shingles(item) for item in learned}
    where: dict[int, set[str]] = {}
    for name, shingles in own.items():
        for shingle in shingles:
            where.setdefault(shingle, set()).add(name)
    found = []
    for item in reported:
        shingles = _shingles(item)
        common: dict[str, int] = {}
        for shingle in shingles:
            for name in where.get(shingle, ()):
                common[name] = common.get(name, 0) + 1
        for name, count in common.items():
            share = count / max(1, min(len(shingles), len(own[name])))
            if share >= COPY_FROM:
                found.append((item.id, name, share))
    return sorted(found)


def _shingles(item: Item) -> set[int]:
    """Of one in so many, the same ones in every text, the hash."""
    text = normal(f"{item.news.title}\n{item.news.body}")
    hashes = (crc32(text[start : start + SIZE].encode()) for start in range(max(1, len(text) - SIZE + 1)))
    return {each for each in hashes if each % ONE_IN == 0}
