"""The order on the terminal: a message stands under the day that it belongs to, whenever it came."""

from datetime import UTC, date, datetime

from rich.console import Console

from services.cli.demo import view
from services.cli.demo.customers import MAGNETS, MOTORS
from services.cli.demo.pages import Pages
from services.cli.demo.story import Scene
from services.cli.demo.testing import alert, told
from services.cli.demo.told import Told
from shared.contracts.alerts import Headline

DAY = date(2025, 6, 15)
ACT = Scene(DAY, ("An act",), ({}, {}))


def at(day: int, sequence: int, customer: str = MOTORS, **fields: object) -> Told:
    return told(alert(sequence, customer, datetime(2025, 6, day, 1, tzinfo=UTC), **fields))


def shown(*came: Told, scene: Scene = ACT) -> list[str]:
    console = Console(width=120)
    pages = Pages(console)
    for one in came:
        pages.put(one)
    with console.capture() as capture:
        pages.turn(scene)
        pages.rest()
    return [line.strip() for line in capture.get().splitlines() if line.strip()]


def places(lines: list[str], *parts: str) -> list[int]:
    return [next(number for number, line in enumerate(lines) if part in line) for part in parts]


def test_days_on_which_only_time_passed_come_before_the_scene_each_with_its_cause() -> None:
    lines = shown(at(15, 9), at(12, 8, kind="score"), at(8, 3, MAGNETS))
    order = places(
        lines, "8 June", "Message 3", "12 June", "Time passes", "Message 8", "15 June", "An act", "Message 9"
    )
    assert order == sorted(order)


def test_of_one_day_what_happened_first_stands_first() -> None:
    late = told(alert(2, at=datetime(2025, 6, 15, 3, tzinfo=UTC)))
    lines = shown(late, at(15, 1, MAGNETS))
    assert places(lines, "Message 1") < places(lines, "Message 2")


def test_a_scene_that_tells_nobody_says_so_and_one_that_tells_does_not() -> None:
    assert any("nobody is told" in line for line in shown(at(12, 2)))
    assert not any("nobody is told" in line for line in shown(at(15, 2)))


def test_what_comes_when_its_day_was_over_is_printed_and_says_so() -> None:
    console = Console(width=120)
    pages = Pages(console)
    with console.capture() as capture:
        pages.turn(ACT)
        pages.put(at(15, 2))
        pages.rest()
    assert view.LATE in capture.get()
    assert "Message 2" in capture.get()


def test_stock_that_nobody_has_counted_is_said_to_be_the_profile_s_once() -> None:
    headline = Headline(stockout_on=date(2025, 9, 1))
    uncounted = [at(15, number, material="graphite", headline=headline) for number in (2, 3)]
    assert sum(view.UNCOUNTED in line for line in shown(*uncounted)) == 1
    counted = at(15, 2, material="cobalt", headline=headline)
    assert not any(view.UNCOUNTED in line for line in shown(counted))
