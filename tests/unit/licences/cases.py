"""Observations for tests."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count
from typing import Any

from shared.contracts.licences import Observation, Outcome, Stratum
from shared.domain.licences.book import LicenceBook
from shared.domain.licences.survival import Span, steps

FILED = date(2026, 1, 5)
TODAY = date(2026, 7, 1)
_numbers = count(1)


def observed(customer: str, days: int | None = None, outcome: Outcome = "granted", /, **words: Any) -> Observation:
    """A case of civil terbium from China to Germany; `days`: how long it took, None: it is pending."""
    number = words.pop("number", None) or next(_numbers)
    filed = words.pop("filed_on", FILED)
    ending = {} if days is None else {"outcome": outcome, "ended_on": filed + timedelta(days=days)}
    given: dict[str, Any] = {"partition": 0, "number": number, "case": f"case-{number}", "customer": customer}
    given |= {"origin": "CN", "material": "terbium", "destination": "DE", "end_use": "civil", "filed_on": filed}
    return Observation.model_validate(given | ending | words)


def book_of(*observations: Observation) -> LicenceBook:
    book = LicenceBook()
    for observation in observations:
        book.put(observation)
    return book


def many(customers: int, days: int | None = 20, outcome: Outcome = "granted", /, **words: Any) -> list[Observation]:
    """One case each."""
    name = words.pop("name", "c")
    return [observed(f"{name}{number}", days, outcome, **words) for number in range(customers)]


def stratum(spans: Sequence[Span], **words: Any) -> Stratum:
    given: dict[str, Any] = {"origin": "CN", "material": "terbium", "destination": "DE", "end_use": "civil"}
    return Stratum(
        **(given | words),
        cases=len(spans),
        pending=sum(span.outcome is None for span in spans),
        followed=max((span.days for span in spans), default=0),
        steps=steps(spans),
    )
