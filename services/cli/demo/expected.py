"""What must come, derived from acts, records and profiles before anything runs; and what of it did not come."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.cli.demo.customers import CHIPS, CUSTOMERS, MOTORS, name_of
from services.cli.demo.events import ARTICLE_DAY, Json, act_event, article_events, own_records, sports_event
from services.cli.demo.scope import concerns
from services.cli.demo.story import Scene, concerning, headline, measures, steps, timeline
from services.cli.demo.told import Journal, Told
from shared.catalog.materials import materials
from shared.contracts.alerts import AlertData

AT_LEAST = 12
"""Webhooks in all."""
TITLE_NAMES = {"CN-2025-12-02-GL": ("ndfeb_magnets",)}
"""A report is posted with its title as text: of magnets the title speaks, of rare earths at large it does not."""
ARTICLE_TELLS = ((CHIPS, "gallium"), (MOTORS, "cobalt"), (MOTORS, "ndfeb_magnets"))
"""The developments in the article, and whom each concerns."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something of which a customer must be told at least once."""

    customer: str
    about: str
    """The ref of a measure or a licence, the id of a news event."""
    label: str
    tells: Callable[[AlertData], bool]
    """Whether an alert is about it."""
    on: date | None = None
    """The day on which it must be told, where that is known beforehand."""

    def is_told_by(self, told: Told) -> bool:
        return told.customer == self.customer and self.on in (None, told.day) and self.tells(told.alert)

    def is_due_in(self, scene: Scene) -> bool:
        if self.on:
            return self.on == scene.day
        return any(_about(event) == self.about for event in (*scene.world, *scene.own))


def dues() -> tuple[Due, ...]:
    return (*_measures(), *_steps(), *_licences(), *reports())


def _about(event: Json) -> object:
    match event["kind"]:
        case "measure_change" | "list_change":
            return event["ref"]
        case "licence_decision":
            return event["licence_ref"]
        case "news":
            return event["id"]
    return None


def _measures() -> Iterator[Due]:
    for ref, acts in measures().items():
        for customer in concerning(ref):
            yield Due(customer, ref, headline(acts[0]), _names_measure(ref))


def _steps() -> Iterator[Due]:
    """What falls due by itself is told on its day: an effect, each step towards an end, a return."""
    for ref, day, words in steps():
        for customer in concerning(ref):
            yield Due(customer, ref, f"{day}: {words.format(ref)}", _names_measure(ref), on=day)


def _licences() -> Iterator[Due]:
    for records in own_records().values():
        for record in records:
            if record["kind"] == "licence_decision":
                ref, label = str(record["licence_ref"]), f"licence for {record['material']} {record['decision']}"
                yield Due(str(record["customer_id"]), ref, label, _names_licence(ref))


def reports() -> Iterator[Due]:
    for act in timeline():
        if act["kind"] == "signal":
            event = act_event(act)
            said = {**act, "materials": TITLE_NAMES.get(str(act["id"]), act["materials"])}
            for customer, profile in CUSTOMERS.items():
                if concerns(said, profile):
                    yield Due(customer, str(event["id"]), str(event["title"]), _rests_on(event, None))
    article = article_events()[ARTICLE_DAY]
    for customer, slug in ARTICLE_TELLS:
        label = f"“{article['title']}”: {materials()[slug].label}"
        yield Due(customer, str(article["id"]), label, _rests_on(article, slug))


def _names_measure(ref: str) -> Callable[[AlertData], bool]:
    return lambda alert: ref in alert.measures


def _names_licence(ref: str) -> Callable[[AlertData], bool]:
    return lambda alert: alert.kind == "licence" and ref in alert.title


def _rests_on(news: Json, slug: str | None) -> Callable[[AlertData], bool]:
    published_at = _published(news)

    def tells(alert: AlertData) -> bool:
        about = slug is None or slug == alert.material or materials()[slug].label in alert.title
        return alert.kind == "signal" and about and any(found.published_at == published_at for found in alert.evidence)

    return tells


def missing(due: Iterable[Due], made: Mapping[str, Sequence[AlertData]], journal: Journal) -> list[str]:
    """One line for each thing that should have come and did not, or should not have come. `made`: what the system
    says that it made, by customer, from the API."""
    return [
        *(
            f"{name_of(one.customer)} was never told of {one.about} ({one.label})"
            for one in due
            if not any(map(one.is_told_by, journal.told))
        ),
        *(line for customer in CUSTOMERS for line in _sequence_of(customer, made.get(customer, ()), journal)),
        *(f"message {webhook_id} did not verify" for webhook_id in journal.refused),
        *(f"message {webhook_id} came to another customer's endpoint" for webhook_id in journal.astray),
        *_leaks(journal),
        *_echoes(journal),
        *_told_twice(journal),
        *([f"{len(journal.told)} webhooks came, {AT_LEAST} are the least"] if len(journal.told) < AT_LEAST else []),
    ]


def _sequence_of(customer: str, made: Sequence[AlertData], journal: Journal) -> Iterator[str]:
    came, known = journal.by_sequence(customer), {alert.sequence: alert for alert in made}
    for sequence in range(1, max((*came, *known), default=0) + 1):
        told = came.get(sequence, ())
        about = f": {known[sequence].title}" if sequence in known else ", and the API does not have it either"
        if not told:
            yield f"{name_of(customer)}: message {sequence} never came{about}"
        elif len(told) > 1:
            yield f"{name_of(customer)}: sequence {sequence} came under {len(told)} webhook ids"
        elif sequence in known and told[0].alert != known[sequence]:
            yield f"{name_of(customer)}: message {sequence} did not come as the API has it{about}"


def _echoes(journal: Journal) -> Iterator[str]:
    """A text that comes again is no news, whatever it is called now; nor is a sports page, whatever its words."""
    _, *again = (article for _, article in sorted(article_events().items()))
    told_by = {_published(event): event["id"] for event in (*again, sports_event())}
    for told in journal.told:
        for found in told.alert.evidence:
            if found.published_at in told_by:
                event_id = told_by[found.published_at]
                yield f"{name_of(told.customer)}: message {told.alert.sequence} tells of {event_id}, which is no news"


def _told_twice(journal: Journal) -> Iterator[str]:
    """Three developments in one article: a message for each alert, and not one for each signal."""
    posted = _published(article_events()[ARTICLE_DAY])
    messages = Counter((told.customer, told.alert.id) for told in journal.told if told.at == posted)
    for (customer, alert), count in messages.items():
        if count > 1:
            yield f"{name_of(customer)}: the article made {count} messages of alert {alert}"


def _published(news: Json) -> datetime:
    return datetime.fromisoformat(str(news["published_at"]))


def _leaks(journal: Journal) -> Iterator[str]:
    """What a customer with a disclosure conflict must not find in a text that others may read: whom it buys from."""
    for told in journal.told:
        profile = CUSTOMERS[told.customer]
        if profile.disclosure_conflict:
            text = told.alert.model_dump_json()
            for name in {name for exposure in profile.exposures for name in exposure.suppliers}:
                if name in text:
                    yield f"{profile.name}: message {told.alert.sequence} names a supplier that must not leave"
