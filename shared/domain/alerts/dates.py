"""Days in words: English whatever the locale."""

from datetime import date

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day(when: date) -> str:
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def days(number: float) -> str:
    return "1 day" if round(number) == 1 else f"{number:.0f} days"
