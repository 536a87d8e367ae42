"""The story, day by day: what is posted on each, and why the day matters."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.cli.demo.customers import CUSTOMERS, name_of
from services.cli.demo.events import (
    ARTICLE_DAY,
    SPORTS_DAY,
    SPORTS_TITLE,
    Json,
    act_event,
    article_events,
    own_records,
    price_event,
    sports_event,
)
from services.cli.demo.scope import concerns
from shared.catalog.acts import Act, acts
from shared.catalog.countries import name as country_name

FIRST_YEAR = "2023"
LADDER = (60, 30, 14, 7, 1, 0)
LONG, AGAIN = "News, a long article:", "The same article again, on another site:"
SPORTS = "A sports page full of the trade's words:"
QUIET = frozenset({"extended", "amended"})
"""Actions that bring no new state."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Scene:
    day: date
    headlines: tuple[str, ...]
    world: tuple[Json, ...]
    """What anybody may post; the last of them lets the replay clock reach the scene's noon."""
    own: tuple[Json, ...] = ()
    """The buyers' own records, of noon: posted once the registry's clock is there (contract section 10)."""


def timeline() -> tuple[Act, ...]:
    """The acts of 2023 to 2026, in the order of their announcement."""
    return tuple(act for act in acts() if str(act["announced_on"]) >= FIRST_YEAR)


def scenes() -> tuple[Scene, ...]:
    told: defaultdict[date, list[str]] = defaultdict(list)
    world: defaultdict[date, list[Json]] = defaultdict(list)
    # what concerns somebody first: of a day with many acts a reader sees the first few
    for act in sorted(timeline(), key=lambda act: not _is_of_interest(act)):
        told[day_of(act, "announced_on")].append(
            f"{headline(act)} ({act['ref']})" if _is_of_interest(act) else headline(act)
        )
    for act in timeline():
        world[day_of(act, "announced_on")].append(act_event(act))
    for day, article in article_events().items():
        again = day > ARTICLE_DAY
        told[day].append(f"{AGAIN if again else LONG} “{article['title']}”")
        world[day].append(article)
    told[SPORTS_DAY].append(f"{SPORTS} “{SPORTS_TITLE}”")
    world[SPORTS_DAY].append(sports_event())
    own = own_records()
    for day, records in own.items():
        told[day] += map(_own_headline, records)
    for day, texts in clock_days().items():
        told[day] += texts
    return tuple(
        Scene(day, tuple(told[day]), (*world[day], price_event(day)), tuple(own.get(day, ()))) for day in sorted(told)
    )


def _is_of_interest(act: Act) -> bool:
    return act["kind"] != "signal" and bool(concerning(str(act["ref"])))


def day_of(act: Mapping[str, object], name: str) -> date:
    return date.fromisoformat(str(act[name]))


def headline(act: Mapping[str, object]) -> str:
    if act["kind"] != "list_change":
        return str(act["title"])
    count = len(act["entities"])  # type: ignore[arg-type]  # the catalogue's shape holds a list here
    what = _VERBS[str(act["action"])].format(count, str(act["list"]).replace("_", " "))
    return f"{country_name(str(act['authority'])[:2])} {what}"


_VERBS = {
    "added": "puts {} companies on its {}",
    "removed": "takes {} companies off its {}",
    "suspended": "suspends the listing of {} companies on its {}",
    "extended": "prolongs the suspension for {} companies on its {}",
}


def concerning(ref: str) -> Sequence[str]:
    """The customers whom a measure concerns."""
    about = [act for act in timeline() if act["ref"] == ref and act["kind"] != "signal"]
    return [who for who, profile in CUSTOMERS.items() if any(concerns(act, profile) for act in about)]


def measures() -> dict[str, list[Act]]:
    """Ref → its acts, of the measures that concern somebody."""
    found: defaultdict[str, list[Act]] = defaultdict(list)
    for act in timeline():
        if act["kind"] != "signal":
            found[str(act["ref"])].append(act)
    return {ref: lines for ref, lines in found.items() if concerning(ref)}


def clock_days() -> dict[date, tuple[str, ...]]:
    """Days on which something falls due that nobody posts: an effect, a step towards an end, a return."""
    found: defaultdict[date, dict[str, list[str]]] = defaultdict(dict)
    for ref, day, words in steps():
        found[day].setdefault(words, []).append(ref)
    return {day: tuple(words.format(_listed(refs)) for words, refs in said.items()) for day, said in found.items()}


def steps() -> Iterator[tuple[str, date, str]]:
    """Ref, day and words of each; in the words, `{}` stands for the ref."""
    for ref, lines in measures().items():
        for number, act in enumerate(lines):
            for day, words in _due(act, lines[number + 1 :]):
                yield ref, day, words


def _due(act: Act, later: Sequence[Act]) -> Iterator[tuple[date, str]]:
    announced, last = day_of(act, "announced_on"), max(own_records())
    moving = [other for other in later if other["action"] not in QUIET]
    effect = day_of(act, "effective_on")
    if act["action"] not in QUIET and announced < effect <= _overtaken(announced, moving, last):
        yield effect, f"In effect from today: {headline(act)} ({{}})"
    if act.get("until"):
        until, before = day_of(act, "until"), _overtaken(announced, later, last)
        what = "pause" if act["action"] == "suspended" else "term"
        for days in LADDER:
            when = f"in {days} days" if days > 1 else "tomorrow" if days else "today"
            if announced < until - timedelta(days=days) <= before:
                yield until - timedelta(days=days), f"The {what} of {{}} ends {when}, unless it is prolonged"
        if until + DAY <= before and not _ended(later, until + DAY):
            yield until + DAY, f"The {what} of {{}} is over, and nobody has prolonged it"


def _ended(later: Iterable[Act], by: date) -> bool:
    return any(other["action"] in ("lifted", "removed") and day_of(other, "effective_on") <= by for other in later)


def _overtaken(announced: date, later: Iterable[Act], last: date) -> date:
    """The day before the next act on the same measure is announced; what one notice says, it says together."""
    days = (day_of(other, "announced_on") for other in later)
    return min((day - DAY for day in days if day > announced), default=last)


def _listed(refs: Sequence[str]) -> str:
    return " and ".join([", ".join(refs[:-1]), refs[-1]] if len(refs) > 1 else refs)


def _own_headline(record: Json) -> str:
    who, material = name_of(str(record["customer_id"])), record["material"]
    match record["kind"]:
        case "licence_application":
            return f"{who} applies for an export licence for {material}"
        case "licence_decision":
            return f"{who}'s licence {record['licence_ref']} for {material} is {record['decision']}"
        case "shipment":
            return (
                f"{record['quantity_kg']:,} kg of {material} arrive at {who} from {country_name(str(record['origin']))}"
            )
    return f"{who} counts its stock of {material}: {record['on_hand_kg']:,} kg, {record['daily_use_kg']:,} used a day"
