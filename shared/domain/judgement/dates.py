"""Days that a sentence names, and what each of them is: the day from which something holds, until which, or on which
it happened. Only forms that leave no doubt: a full date, or a day and month near the day of publication."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

Role = Literal["effective", "expires", "occurred"]

_NAMES: Mapping[int, str] = {
    1: "january jan januar janvier janv enero januari",
    2: "february feb februar février févr febrero februari",
    3: "march mar märz mars marzo maart mrt",
    4: "april apr avril avr abril",
    5: "may mai mayo mei",
    6: "june jun juni juin junio",
    7: "july jul juli juillet juil julio",
    8: "august aug août agosto augustus",
    9: "september sept sep septembre septiembre",
    10: "october oct oktober okt octobre octubre",
    11: "november nov novembre noviembre",
    12: "december dec dezember dez décembre déc diciembre",
}
MONTHS: Final = {name: number for number, names in _NAMES.items() for name in names.split()}
_MONTH = "(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.)?"
_YEAR = r"(?P<year>20\d\d)"
_FORMS: Final = (
    re.compile(r"(?<![\d-])(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?![\d-])"),
    re.compile(rf"(?<!\w){_DAY}\s(?:de\s)?{_MONTH}(?!\w)(?:,?\s(?:de\s)?{_YEAR})?"),
    re.compile(rf"(?<!\w){_MONTH}\s{_DAY}(?!\w)(?:,?\s{_YEAR})?"),
    re.compile(r"(?:(?P<year>20\d\d)\s?[年년]\s?)?(?<!\d)(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日号일]"),
)
# What stands just before the day, or, in Chinese, Japanese and Korean, just after it.
_BEFORE: Mapping[Role, re.Pattern[str]] = {
    "effective": re.compile(
        r"(?:from|effective|as of|starting|beginning|since|on and after|in force|ab dem|ab|seit|à partir du|"
        r"à compter du|dès le|a partir del?|desde el|vanaf|met ingang van|per|自|从)\s?$"
    ),
    "expires": re.compile(
        r"(?:until|till|through|up to|expires? on|expiring|ends? on|no later than|runs out on|bis zum|bis|jusqu'au|"
        r"hasta el|tot en met|tot|至|到|截至)\s?$"
    ),
}
_AFTER: Mapping[Role, re.Pattern[str]] = {
    "effective": re.compile(r"\s?(?:起|から|より|부터|付|施行|생효)"),
    "expires": re.compile(r"\s?(?:まで|까지|止|为止|到期|期限)"),
}
_LOOK_BACK: Final = 24
_NEAR: Final = timedelta(days=200)
_LATELY: Final = timedelta(days=14)
"""An older day is as likely told as background, and would make stale what is news."""
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(r"(?<!\w)on (?P<weekday>" + "|".join(_WEEKDAYS) + r")(?!\w)")
_TODAY = re.compile(r"(?<!\w)(?:today|heute|aujourd'hui|hoy|vandaag)(?!\w)|今日|今天|即日|本日|当日|오늘")


@dataclass(frozen=True)
class Days:
    effective_on: date | None = None
    expires_on: date | None = None
    occurred_on: date | None = None


def days_in(folded: str, published: date) -> Days:
    """Of a sentence in lower case. The first day of each role counts."""
    found: dict[Role, date] = {}
    for role, day in _named(folded, published):
        found.setdefault(role, day)
    if "occurred" not in found and (recent := _lately(folded, published)):
        found["occurred"] = recent
    return Days(found.get("effective"), found.get("expires"), found.get("occurred"))


def _named(folded: str, published: date) -> Iterator[tuple[Role, date]]:
    for form in _FORMS:
        for match in form.finditer(folded):
            day = _day(match.groupdict(), published)
            if day and (role := _role(folded, match.start(), match.end(), day, published)):
                yield role, day


def _day(parts: Mapping[str, str | None], published: date) -> date | None:
    month, day = parts["month"] or "", int(parts["day"] or 0)
    number = int(month) if month.isdigit() else MONTHS[month]
    years = [int(parts["year"] or 0)] if parts["year"] else [published.year - 1, published.year, published.year + 1]
    candidates = [made for year in years if (made := _made(year, number, day))]
    if not candidates:
        return None
    nearest = min(candidates, key=lambda made: abs(made - published))
    return nearest if parts["year"] or abs(nearest - published) <= _NEAR else None


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _role(folded: str, start: int, end: int, day: date, published: date) -> Role | None:
    before = folded[max(0, start - _LOOK_BACK) : start]
    for role, pattern in _AFTER.items():
        if pattern.match(folded, end):
            return role
    for role, pattern in _BEFORE.items():
        if pattern.search(before):
            return role
    if day > published:
        return "effective"
    return "occurred" if published - day <= _LATELY else None


def _lately(folded: str, published: date) -> date | None:
    """A weekday is the last one: on Friday, in a text of Monday, was three days ago."""
    if _TODAY.search(folded):
        return published
    if match := _WEEKDAY.search(folded):
        back = (published.weekday() - _WEEKDAYS.index(match["weekday"])) % 7
        return published - timedelta(days=back)
    return None
