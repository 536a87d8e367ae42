"""What happened, in plain words: the part of an alert that is the same for every customer. A customer's own end use,
destination and name never enter a text: whoever reads an alert must not learn them from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self

from shared.catalog import countries
from shared.catalog.materials import materials
from shared.contracts.base import rfc3339
from shared.contracts.changes import LadderStep
from shared.contracts.events import Instrument
from shared.contracts.measures import Measure, Widening
from shared.contracts.signals import Signal, Verdict
from shared.domain.alerts import advice, states
from shared.domain.alerts.dates import day, days

Evidence = dict[str, str]
_QUOTE = 400
_NAMED = 4


@dataclass(frozen=True, slots=True)
class Telling:
    title: str
    happened: str
    do: str
    basis: str
    """On what evidence, as a sentence."""
    origin: str | None = None
    """The country whose share of the customer's supply is at stake."""
    evidence: tuple[Evidence, ...] = ()
    measures: tuple[str, ...] = ()
    """Refs."""

    @classmethod
    def load(cls, saved: dict[str, Any]) -> Self:
        """From what `asdict` wrote, lists for tuples."""
        return cls(**saved | {"evidence": tuple(saved["evidence"]), "measures": tuple(saved["measures"])})


_INSTRUMENTS: dict[Instrument, str] = {
    "ban": "export ban",
    "licence_requirement": "export licence requirement",
    "quota": "export quota",
    "tariff": "export tariff",
    "technology_ban": "technology export ban",
    "entity_listing": "listing of companies",
    "extraterritorial_rule": "extraterritorial export rule",
    "exporter_whitelist": "exporter whitelist",
    "export_halt": "export halt",
    "watch_list": "watch list",
}


def on_materials(slugs: Iterable[str]) -> str:
    labels = [materials()[slug].label if slug in materials() else slug for slug in slugs]
    named = labels[:_NAMED]
    if more := len(labels) - len(named):
        return f"{', '.join(named)} and {more} more"
    return " and ".join(([", ".join(named[:-1])] if named[1:] else []) + named[-1:])


def of_measure(measure: Measure, widened: Widening | None = None) -> Telling:
    """`widened`: the act by which it came to be about the reader; until it moves again, that is what happened."""
    if widened and states.moved_since(measure, widened.on):
        return of_measure(measure)
    country = countries.name(measure.issuer) if countries.is_country(measure.issuer) else measure.issuer
    what = _INSTRUMENTS[measure.instrument]
    about = f" on {on_materials(measure.materials)}" if measure.materials else ""
    state = states.in_words(measure, widened)
    words = f"{widened.title or measure.title} ({measure.ref}, {widened.act})" if widened else _named(measure)
    reaches = " It now reaches what you buy." if widened else ""
    return Telling(
        title=f"{country}: {what}{about} {state}",
        happened=f"{words}: {state}.{reaches}",
        do=advice.on(measure),
        basis=_basis(measure, widened),
        origin=measure.issuer,
        evidence=measure_evidence(measure),
        measures=(measure.ref,),
    )


def _named(measure: Measure) -> str:
    return f"{measure.title.rstrip('.')} ({measure.ref})"


def naming_suppliers(telling: Telling, names: Sequence[str]) -> Telling:
    """Those of the customer's own suppliers that the measure names."""
    if not names:
        return telling
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    said = f"It names your supplier{'s' if names[1:] else ''} {', '.join(names[:_NAMED])}{more}."
    return replace(telling, happened=f"{telling.happened} {said}")


def _basis(measure: Measure, widened: Widening | None) -> str:
    act = states.newest_act(measure, widened)
    if not measure.evidence:
        return f"On the evidence of {act}."
    newest = measure.evidence[-1]
    doubt = " Reports contradict each other." if measure.contested else ""
    # a notice is of the day that its issuer has
    published = newest.published_at.astimezone(countries.zone(measure.issuer)).date()
    return f"On the evidence of {newest.source}, {day(published)} ({act}).{doubt}"


def measure_evidence(measure: Measure) -> tuple[Evidence, ...]:
    """Newest first."""
    return tuple(
        _evidence(found.source, rfc3339(found.published_at), f"{measure.title} ({measure.act})", found.url)
        for found in reversed(measure.evidence)
    )


def of_release(measure: Measure) -> Telling:
    """It goes on, and is about nothing any more that the reader buys."""
    plain, gone = of_measure(measure), "no longer about what you buy"
    country, what = plain.title.split(":", 1)[0], _INSTRUMENTS[measure.instrument]
    return replace(
        plain,
        title=f"{country}: {what} {gone}",
        happened=f"{_named(measure)} is {gone}; for others it is {states.in_words(measure)}.",
        do=advice.when_over(measure),
    )


def of_step(measure: Measure, step: LadderStep) -> Telling:
    return _of_end(measure, step.on, step.days, suspension=step.event == "suspension_ends")


def of_end(measure: Measure, today: date) -> Telling | None:
    """What ends next by itself, as of a day of the issuer's; none where nothing does."""
    suspended = measure.suspended_until if measure.state == "suspended" else None
    ends = min((on for on in (suspended, measure.until) if on), default=None)
    if ends is None or ends < today or measure.state in {"lapsed", "lifted"}:
        return None
    return _of_end(measure, ends, (ends - today).days, suspension=ends == suspended and ends != measure.until)


def _of_end(measure: Measure, on: date, left: int, *, suspension: bool) -> Telling:
    plain = of_measure(measure)
    ends = "suspension" if suspension else "measure"
    when = "ends today" if left == 0 else f"ends in {days(left)}"
    after = "the measure returns" if ends == "suspension" else "the measure lapses"
    country = plain.title.split(":", 1)[0]
    what = _INSTRUMENTS[measure.instrument]
    about = f" on {on_materials(measure.materials)}" if measure.materials else ""
    subject = f"suspension of the {what}" if ends == "suspension" else what
    return Telling(
        title=f"{country}: {subject}{about} {when}",
        happened=f"{_named(measure)}: the {ends} {when}, on {day(on)}; without a new act {after} the day after.",
        do=advice.before_end(measure, of_suspension=suspension),
        basis=plain.basis,
        origin=plain.origin,
        evidence=plain.evidence,
        measures=plain.measures,
    )


_SIGNALS: dict[str, str] = {
    "licence_regime_change": "licensing rules change",
    "control_imposed": "export control imposed",
    "control_expanded": "export control expanded",
    "control_suspended": "export control suspended",
    "control_lifted": "export control lifted",
    "blacklist_added": "company put on a control list",
    "blacklist_removed": "company taken off a control list",
    "blacklist_suspended": "listing of a company suspended",
    "licence_granted": "export licence granted",
    "licence_denied": "export licence denied",
    "licence_delayed": "export licences delayed",
}


def of_signal(signal: Signal) -> Telling:
    place = countries.name(signal.issuer) if signal.issuer and countries.is_country(signal.issuer) else "Reports"
    what = _SIGNALS.get(signal.type, signal.type.replace("_", " "))
    quotes = [found.text.strip() for found in signal.evidence if found.text.strip()]
    source = signal.source.name
    word = {"confirmed": "confirmed by a human", "corrected": "as a human reads it"}
    read = f"read with confidence {signal.confidence:.2f}"
    if signal.review:
        read = word.get(signal.review.verdict, read)
    return Telling(
        title=f"{place}: {what} ({on_materials(signal.materials)})",
        happened=f"{source} reports: {what}" + (f": “{_cut(quotes[0])}”" if quotes else "."),
        do=(
            "Ask suppliers whether it eases their shipments; do not plan with it before an act confirms it."
            if signal.direction == "easing"
            else "Ask suppliers whether their shipments are affected, and check stock and orders under way."
        ),
        basis=f"On the evidence of {source}, {day(signal.published_at.date())}, {read}.",
        origin=signal.issuer,
        evidence=tuple(_evidence(source, rfc3339(signal.published_at), _cut(q), signal.url) for q in quotes)
        or (_evidence(source, rfc3339(signal.published_at), what, signal.url),),
    )


def of_retraction(
    said: Telling, verdict: Verdict, reason: str | None, by: str, at: str, *, by_source: bool = False
) -> Telling:
    """What was told does not stand: a human has looked at it, or its source has corrected it."""
    read = "says something else" if verdict == "corrected" else "does not say so"
    found = "Its source has corrected the text, which" if by_source else "A human has found that it"
    why = f": {reason.rstrip('.')}" if reason else ""
    return replace(
        said,
        title=f"Retracted: {said.title}",
        happened=f"This is taken back. {said.happened} {found} {read}{why}.",
        do="Undo what was done on its account alone.",
        basis=f"On the word of {by}, {day(date.fromisoformat(at[:10]))}.",
        evidence=(_evidence(by, at, _cut(reason or verdict), None), *said.evidence),
    )


def _evidence(source: str, published_at: str, text: str, url: str | None) -> Evidence:
    found = {"source": source, "published_at": published_at, "text": text}
    return {"source": source, "url": url, **found} if url else found


def _cut(text: str) -> str:
    return text if len(text) <= _QUOTE else text[: _QUOTE - 1] + "…"
