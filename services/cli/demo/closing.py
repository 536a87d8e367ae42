"""The closing table: which event took effect when, who had been told, and how many days ahead."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from services.cli.demo.customers import COLOURS, CUSTOMERS, name_of
from services.cli.demo.events import LAST_DAY
from services.cli.demo.expected import Due, reports
from services.cli.demo.story import QUIET, concerning, day_of, headline, measures
from services.cli.demo.told import Journal, Told
from shared.catalog.acts import Act

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that began to count on a day, and whether a message is about it."""

    label: str
    on: date | None
    """None: news, which takes effect on no day."""
    concerns: tuple[str, ...]
    is_told_by: Callable[[Told], bool]


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    on: date | None
    told: dict[str, date]
    """Customer → when it first heard."""
    unaware: tuple[str, ...]

    @property
    def first(self) -> date | None:
        return min(self.told.values(), default=None)

    @property
    def lead_days(self) -> int | None:
        return (self.on - self.first).days if self.on and self.first else None


def effects() -> Iterator[Effect]:
    for ref, acts in measures().items():
        for number, act in enumerate(acts):
            if act["action"] not in QUIET:
                yield _taking_effect(ref, act)
            if act["action"] == "suspended" and not acts[number + 1 :] and day_of(act, "until") < LAST_DAY:
                yield _returning(ref, act, acts[0])
    news: dict[str, list[Due]] = {}
    for due in reports():
        news.setdefault(due.label, []).append(due)
    for label, said in news.items():
        yield Effect(f"News: {label}", None, tuple(due.customer for due in said), _any_of(said))


def rows(journal: Journal) -> list[Row]:
    found = []
    for effect in effects():
        told: dict[str, date] = {}
        for message in sorted(journal.told, key=lambda message: message.at):
            if message.customer in effect.concerns and effect.is_told_by(message):
                told.setdefault(message.customer, message.day)
        unaware = tuple(customer for customer in effect.concerns if customer not in told)
        found.append(Row(effect.label, effect.on, told, unaware))
    return sorted(found, key=lambda row: (row.first or row.on or LAST_DAY, row.on or row.first or LAST_DAY))


def table_of(rows: Sequence[Row]) -> Table:
    table = Table(
        title="What happened, and who knew when", title_justify="left", title_style="bold", box=SIMPLE_HEAD, expand=True
    )
    table.add_column("event", ratio=1)
    table.add_column("who was told", width=22)
    table.add_column("told on", justify="right", no_wrap=True)
    table.add_column("in effect", justify="right", no_wrap=True)
    table.add_column("days ahead", justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            row.label,
            _who(row),
            _short(row.first) if row.first else Text("never", style="bold red"),
            _short(row.on) if row.on else "",
            _lead(row),
        )
    return table


def _who(row: Row) -> Text:
    names = [(_first_word(who), COLOURS[who]) for who in CUSTOMERS if who in row.told]
    names += [(f"not {_first_word(who)}", "bold red") for who in row.unaware]
    return Text(", ").join(Text(name, style=style) for name, style in names)


def _first_word(customer: str) -> str:
    return name_of(customer).split()[0]


def _short(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _lead(row: Row) -> Text:
    days = row.lead_days
    if days is None:
        return Text("")
    return Text(str(days) if days else "same day", style="bold green" if days > 0 else "dim" if days == 0 else "red")


def _taking_effect(ref: str, act: Act) -> Effect:
    announced = day_of(act, "announced_on")
    return Effect(
        headline(act),
        day_of(act, "effective_on"),
        tuple(concerning(ref)),
        lambda told: ref in told.alert.measures and told.day >= announced,
    )


def _returning(ref: str, act: Act, first: Act) -> Effect:
    announced = day_of(act, "announced_on")
    return Effect(
        f"The pause is over: {headline(first)}",
        day_of(act, "until") + DAY,
        tuple(concerning(ref)),
        lambda told: ref in told.alert.measures and told.alert.kind == "expiry" and told.day > announced,
    )


def _any_of(dues: Sequence[Due]) -> Callable[[Told], bool]:
    return lambda told: any(due.is_told_by(told) for due in dues)
