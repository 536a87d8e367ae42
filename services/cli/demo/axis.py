"""The time axis of the picture, and its colours."""

from datetime import date, timedelta

from services.cli.demo.customers import CHIPS, MAGNETS, MOTORS
from services.cli.demo.events import LAST_DAY

WIDTH, LEFT, RIGHT = 1300, 400, 74
BEGIN, END = date(2023, 5, 1), LAST_DAY + timedelta(days=24)
DOT = 3.2
COLOURS = {MOTORS: "#0e7c86", MAGNETS: "#9b3b8f", CHIPS: "#2f7d4f"}
SEVERITIES = {"critical": "#8e1b3a", "high": "#e0632c", "warning": "#e6b422", "info": "#6a8caf"}
"""The gravest first."""


def x_of(day: date) -> float:
    share = (min(max(day, BEGIN), END) - BEGIN).days / (END - BEGIN).days
    return LEFT + share * (WIDTH - LEFT - RIGHT)
