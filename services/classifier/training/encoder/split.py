"""Which texts are learned from, which ones thresholds are chosen on, and which ones the report is about.

By hash of a text's group: the same on every machine, and a new text does not move the others."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final, Literal

from services.classifier.training.texts import Item

Part = Literal["learn", "choose", "report"]

HELD_OUT: Final = "wire"
"""A file whose author is never learned from."""
REPORTED: Final = {"multilingual": 0.2, "long": 0.25}
CHOSEN_ON: Final = 0.1


def part_of(item: Item) -> Part:
    place = _place(item.group)
    reported = 1.0 if item.file == HELD_OUT else REPORTED.get(item.file, 0)
    if place < reported:
        return "report"
    return "choose" if place < reported + CHOSEN_ON else "learn"


def parts(items: Iterable[Item]) -> dict[Part, list[Item]]:
    found: dict[Part, list[Item]] = {"learn": [], "choose": [], "report": []}
    for item in items:
        found[part_of(item)].append(item)
    return found


def _place(group: str) -> float:
    return int.from_bytes(sha256(group.encode()).digest()[:4]) / 2**32
