"""Which measures a text names: by a ref, or by the number of an announcement of the issuer that it is about."""

import re
from collections import defaultdict
from collections.abc import Iterator

from shared.catalog.materials import expand
from shared.contracts.measures import Measure
from shared.contracts.signals import Signal

_REF = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}-[0-9]{4}-[A-Za-z0-9][A-Za-z0-9/-]*")
_NUMBERED_REF = re.compile(r"([A-Z]{2})-([0-9]{4})-([0-9]{1,4})")
_NUMBER = re.compile(
    r"(?P<notice>\b(?:announcement|notice|decree|order|circular|regulation|decision)s?\s+)?"
    r"(?P<sign>(?:\bnos?\.?|\bnumber|\bn[°º]|№)\s?)?"
    r"\b(?P<number>[0-9]{1,4})\b(?:\s?(?:of|/)\s?(?P<year>20[0-9]{2})\b)?",
    re.IGNORECASE,
)
_CHINESE_NUMBER = re.compile(r"(?:(20[0-9]{2})\s?年\s?)?第\s?([0-9]{1,4})\s?号")


class Names:
    """An index over the measures that are known. Derived from them: no state of its own."""

    def __init__(self) -> None:
        self._by_name: defaultdict[str, set[str]] = defaultdict(set)
        self._by_number: defaultdict[tuple[str, int], dict[int, set[str]]] = defaultdict(dict)
        self._measures: dict[str, Measure] = {}

    def learn(self, measure: Measure, acts: frozenset[str]) -> None:
        self._measures[measure.id] = measure
        for name in acts | {measure.ref}:
            self._by_name[name].add(measure.id)
            if numbered := _NUMBERED_REF.fullmatch(name):
                issuer, year, number = numbered.groups()
                self._by_number[issuer, int(number)].setdefault(int(year), set()).add(measure.id)

    def named_by(self, signal: Signal, title: str) -> list[str]:
        """Ids, sorted. A number alone means the newest announcement of that number about these materials."""
        texts = [title, *(span.text for span in signal.evidence)]
        found = {measure for text in texts for measure in self._found(text, signal)}
        return sorted(found)

    def _found(self, text: str, signal: Signal) -> Iterator[str]:
        for ref in _REF.findall(text):
            yield from self._by_name.get(ref.rstrip("-/"), ())
        if signal.issuer:
            for number, year in _numbers(text):
                yield from self._numbered(signal, signal.issuer, number, year)

    def _numbered(self, signal: Signal, issuer: str, number: int, year: int | None) -> set[str]:
        years = self._by_number.get((issuer, number), {})
        candidates = [year] if year else sorted(years, reverse=True)
        for candidate in candidates:
            if about := {measure for measure in years.get(candidate, ()) if self._is_about(measure, signal)}:
                return about
        return set()

    def _is_about(self, measure: str, signal: Signal) -> bool:
        scope = self._measures[measure].materials
        return not scope or not signal.materials or bool(expand(scope) & expand(signal.materials))


def _numbers(text: str) -> Iterator[tuple[int, int | None]]:
    for found in _NUMBER.finditer(text):
        number, year = int(found["number"]), found["year"]
        # "the No. 1 producer" names no announcement
        if found["notice"] or (found["sign"] and (year or number >= 10)):
            yield number, int(year) if year else None
    for year, digits in _CHINESE_NUMBER.findall(text):
        yield int(digits), int(year) if year else None
