"""The day book on the terminal: each message under the day it belongs to, in order, with what caused it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from rich.console import Console

from services.cli.demo import view
from services.cli.demo.events import is_counted
from services.cli.demo.story import Scene
from services.cli.demo.told import Told


@dataclass(slots=True)
class Pages:
    console: Console
    _day: date = date.min
    """The last scene's."""
    _waiting: list[Told] = field(default_factory=list)
    _advice: dict[str, str] = field(default_factory=dict)
    """What the last message of each alert said to do."""
    _uncounted: set[tuple[str, str]] = field(default_factory=set)
    """Whose stock of what was said to be the profile's."""

    def put(self, told: Told) -> None:
        self._waiting.append(told)

    def turn(self, scene: Scene) -> None:
        """Days on which only time passed come first: the clock ran through them on its way to the scene."""
        # a stable sort: what one customer is told keeps its order
        came, self._waiting = sorted(self._waiting, key=lambda told: told.at), []
        today = [told for told in came if told.day >= scene.day]
        for day, told in groupby(came[: len(came) - len(today)], key=lambda told: told.day):
            self._print(day, list(told))
        self._day = scene.day
        self.console.print(view.day_heading(scene.day, scene.headlines))
        self._rows(today, scene.headlines)
        if len(scene.world) > 1 and not today:
            self.console.print(view.nobody())

    def rest(self) -> None:
        """What came after the last scene."""
        came, self._waiting = sorted(self._waiting, key=lambda told: told.at), []
        for day, told in groupby(came, key=lambda told: told.day):
            self._print(day, list(told))

    def _print(self, day: date, told: list[Told]) -> None:
        causes = tuple(dict.fromkeys(view.cause_in_time(one) for one in told))
        if day <= self._day:
            causes = (view.LATE,)
        self.console.print(view.day_heading(day, causes))
        self._rows(told, causes)

    def _rows(self, came: list[Told], headlines: tuple[str, ...]) -> None:
        for told in came:
            advice = view.parts_of(told.alert.summary).do
            advised = self._advice.get(told.alert.id) == advice
            self._advice[told.alert.id] = advice
            notes = tuple(self._notes(told))
            self.console.print(view.alert_row(told, advised=advised, headlines=headlines, notes=notes))

    def _notes(self, told: Told) -> Iterator[str]:
        material = told.alert.material
        if material is None or told.type not in view.FULL or not told.alert.headline.stockout_on:
            return
        if is_counted(told.customer, material, told.day):
            return
        if (told.customer, material) not in self._uncounted:
            self._uncounted.add((told.customer, material))
            yield view.UNCOUNTED
