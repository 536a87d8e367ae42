"""What a signal claims, so far as signals of different texts can claim the same."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from shared.catalog.materials import expand
from shared.contracts.signals import Asserted, Signal

_VOICE: dict[Asserted, str] = {"asserted": "act", "denied": "denial", "speculated": "talk", "expected": "talk"}
_FIGURE = re.compile(
    r"\d+(?:[.,]\d+)*|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Proposition:
    type: str
    issuer: str
    voice: str
    materials: tuple[str, ...]

    @classmethod
    def of(cls, signal: Signal) -> Self:
        return cls(signal.type, signal.issuer or "", _VOICE[signal.asserted], tuple(sorted(signal.materials)))

    @classmethod
    def read(cls, text: str) -> Self:
        kind, issuer, materials, voice = text.split("|")
        return cls(kind, issuer, voice, tuple(materials.split(",")) if materials else ())

    def __str__(self) -> str:
        return f"{self.type}|{self.issuer}|{','.join(self.materials)}|{self.voice}"

    def is_within(self, materials: Iterable[str]) -> bool:
        """Names nothing that is not among them, if perhaps by the name of its group."""
        known = set(materials)
        return all(known & {slug, *expand((slug,))} for slug in self.materials)

    def repeats(self, other: "Proposition") -> bool:
        alike = (self.type, self.issuer, self.voice) == (other.type, other.issuer, other.voice)
        return alike and self.is_within(other.materials)

    def denies(self, other: "Proposition") -> bool:
        """All of it: who denies one half of what was said leaves the other."""
        alike = (self.type, self.issuer) == (other.type, other.issuer)
        return alike and self.voice == "denial" != other.voice and other.is_within(self.materials)


def figures(*texts: str) -> frozenset[str]:
    """Numbers and months: a quota of another size, for another quarter, is another act."""
    return frozenset(found.lower() for text in texts for found in _FIGURE.findall(text))


def figures_of(signal: Signal) -> frozenset[str]:
    return figures(*(evidence.text for evidence in signal.evidence))
