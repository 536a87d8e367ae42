"""What must come, derived from acts, records and profiles before anything runs; and what of it did not come."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.cli.demo.customers import CHIPS, CUSTOMERS, MOTORS, name_of
from services.cli.demo.events import Json, act_event, article_events, own_records
from services.cli.demo.scope import concerns
from services.cli.demo.story import concerning, headline, measures, timeline
from services.cli.demo.told import Journal, Told
from shared.catalog.materials import materials
from shared.contracts.alerts import AlertData

AT_LEAST = 12
"""Webhooks in all."""
ARTICLE_TELLS = ((CHIPS, "gallium"), (MOTORS, "cobalt"), (MOTORS, "ndfeb_magnets"))
"""The developments in the article, and whom each concerns."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something of which a customer must be told at least once."""

    customer: str
    what: Literal["measure", "licence", "report"]
    ref: str
    """The measure's, the licence's; of a report its publication, and the material that it is about."""
    label: str

    @property
    def shown(self) -> str:
        return "a report" if self.what == "report" else self.ref

    def is_told_by(self, told: Told) -> bool:
        if told.customer != self.customer:
            return False
        match self.what:
            case "measure":
                return self.ref in told.alert.measures
            case "licence":
                return told.alert.kind == "licence" and self.ref in told.alert.title
            case "report":
                return self._is_reported_by(told.alert)

    def _is_reported_by(self, alert: AlertData) -> bool:
        published, _, material = self.ref.partition(" ")
        dated = any(str(found.published_at.timestamp()) == published for found in alert.evidence)
        about = not material or material == alert.material or materials()[material].label in alert.title
        return alert.kind == "signal" and dated and about


def dues() -> tuple[Due, ...]:
    return (*_measures(), *_licences(), *_reports())


def _measures() -> Iterator[Due]:
    for ref, acts in measures().items():
        for customer in concerning(ref):
            yield Due(customer, "measure", ref, headline(acts[0]))


def _licences() -> Iterator[Due]:
    for records in own_records().values():
        for record in records:
            if record["kind"] == "licence_decision":
                label = f"licence for {record['material']} {record['decision']}"
                yield Due(str(record["customer_id"]), "licence", str(record["licence_ref"]), label)


def _reports() -> Iterator[Due]:
    for act in timeline():
        if act["kind"] == "signal":
            for customer, profile in CUSTOMERS.items():
                if concerns(act, profile):
                    yield Due(customer, "report", _published(act_event(act)), str(act["title"]))
    article = article_events()[min(article_events())]
    for customer, material in ARTICLE_TELLS:
        yield Due(customer, "report", f"{_published(article)} {material}", f"{article['title']} ({material})")


def _published(event: Json) -> str:
    return str(datetime.fromisoformat(str(event["published_at"])).timestamp())


def missing(due: Iterable[Due], made: Mapping[str, Sequence[AlertData]], journal: Journal) -> list[str]:
    """One line for each thing that should have come and did not, or should not have come. `made`: what the system
    says that it made, by customer, from the API."""
    return [
        *(
            f"{name_of(one.customer)} was never told of {one.shown} ({one.label})"
            for one in due
            if not any(one.is_told_by(told) for told in journal.told)
        ),
        *(line for customer in CUSTOMERS for line in _sequence_of(customer, made.get(customer, ()), journal)),
        *(f"message {webhook_id} did not verify" for webhook_id in journal.refused),
        *(f"message {webhook_id} came to another customer's endpoint" for webhook_id in journal.astray),
        *_leaks(journal),
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


def _leaks(journal: Journal) -> Iterator[str]:
    """What a customer with a disclosure conflict must not find in a text that others may read: whom it buys from."""
    for told in journal.told:
        profile = CUSTOMERS[told.customer]
        if profile.disclosure_conflict:
            text = told.alert.model_dump_json()
            for name in {name for exposure in profile.exposures for name in exposure.suppliers}:
                if name in text:
                    yield f"{profile.name}: message {told.alert.sequence} names a supplier that must not leave"
