"""What an event of the right shape must still keep: who may say it, what fits together.

Each rule yields what is wrong, where and what to do; an event keeps them all or is rejected."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, get_args

from shared.catalog.entities import normalise
from shared.contracts.events import (
    AnyEvent,
    CustomerEvent,
    LicenceApplication,
    LicenceDecision,
    ListChange,
    MeasureChange,
    Source,
    SourceType,
)
from shared.contracts.keys import KeyRecord, SourceClaim
from shared.events.kinds import MODELS
from shared.events.own_time import FIELD
from shared.http.problems import FieldError, dotted

YEARS = range(1900, 2200)
"""Beyond these a date is a slip of the pen."""
Errors = Iterator[FieldError]
HIGHEST_FIRST: tuple[SourceType, ...] = get_args(SourceType)
OWN_KINDS = ("licence_application", "licence_decision", "shipment", "inventory")
"""What a customer's own key may post."""
OFFICIAL = ("measure_change", "list_change")
WITHOUT_MATERIALS = ("entity_listing", "watch_list")
"""Instruments that reach exposures through names."""


def broken_rules(event: AnyEvent, key: KeyRecord) -> list[FieldError]:
    return [*_may_say_it(event, key), *_whose_it_is(event, key), *unfit(event)]


def unfit(event: AnyEvent) -> list[FieldError]:
    """What is wrong with it, whoever says it."""
    errors = [*_official(event), *_blank(event), *_implausible(event)]
    if not errors and (fits := _FITS.get(event.kind)) is not None:
        errors += fits(event)
    return errors


def _may_say_it(event: AnyEvent, key: KeyRecord) -> Errors:
    if key.sources is not None:
        yield from _claimed(event.source, key.sources)


def _official(event: AnyEvent) -> Errors:
    if event.kind in OFFICIAL and event.source.type != "government":
        yield _wrong("source.type", "an official act needs government; what others say of one is news")


def _claimed(source: Source, claim: SourceClaim) -> Errors:
    if claim.names and source.name not in claim.names:
        yield _wrong("source.name", f"this key may speak as {_some(claim.names)} only")
    allowed = HIGHEST_FIRST[HIGHEST_FIRST.index(claim.highest_type) :]
    if source.type not in allowed:
        yield _wrong("source.type", f"this key may claim no higher type than {_some(allowed)}")


def _whose_it_is(event: AnyEvent, key: KeyRecord) -> Errors:
    if key.customer_id is None:
        return
    if not isinstance(event, CustomerEvent):
        yield _wrong("kind", f"a key bound to a customer posts {_some(OWN_KINDS)} only")
    elif event.customer_id != key.customer_id:
        # the same whether the other customer exists or not
        message = f"unknown customer {event.customer_id!r}: this key posts for {key.customer_id!r} only"
        yield _wrong("customer_id", message)


def _blank(event: AnyEvent) -> Errors:
    fields = vars(event)
    for name in _TEXTS[event.kind]:
        if fields[name] is not None and not fields[name].strip():
            yield _wrong(name, "says nothing")
    if not event.source.name.strip():
        yield _wrong("source.name", "says nothing")
    for number, entity in enumerate(event.entities if isinstance(event, ListChange) else ()):
        if not normalise(entity.name):
            yield _wrong(dotted("entities", number, "name"), "says nothing: no letter, no digit")


_TEXTS = {
    kind: [
        name for name in ("title", "act", "ref", "list", "licence_ref", "shipment_ref") if name in model.model_fields
    ]
    for kind, model in MODELS.items()
}


def _implausible(event: AnyEvent) -> Errors:
    fields = vars(event)
    for name in _DATED[event.kind]:
        value: date | str | None = fields[name]
        if value is not None and (value.year if isinstance(value, date) else int(value[:4])) not in YEARS:
            yield _wrong(name, f"must lie between {YEARS[0]} and {YEARS[-1]}")


_DATED = {kind: (name,) for kind, name in FIELD.items()} | {
    "licence_decision": ("decided_at", "valid_until"),
    "list_change": ("announced_on", "effective_on", "until"),
    "measure_change": ("announced_on", "effective_on", "until"),
}


def _application_fits(event: LicenceApplication) -> Errors:
    if event.material is None and event.hs_code is None:
        yield _wrong("material", "required, or hs_code")


def _decision_fits(event: LicenceDecision) -> Errors:
    if event.valid_until and event.valid_until < event.decided_at.date() - timedelta(days=1):
        yield _wrong("valid_until", "must not lie before decided_at")


def _measure_fits(event: MeasureChange) -> Errors:
    widens = event.action in ("imposed", "expanded")
    if widens and not event.materials and event.instrument not in WITHOUT_MATERIALS:
        yield _wrong("materials", f"required where a {event.instrument} is {event.action}")
    if not event.targets:
        yield _wrong("targets", "name at least one, or leave the field out for every destination")
    yield from _end_fits(event)


def _end_fits(event: MeasureChange | ListChange) -> Errors:
    if event.until is None and event.action == "extended":
        yield _wrong("until", "required where something is extended: its new last day")
    if event.until is not None and event.until < event.effective_on:
        yield _wrong("until", f"must not lie before effective_on, {event.effective_on}")


_FITS: Mapping[str, Callable[[Any], Errors]] = {
    "licence_application": _application_fits,
    "licence_decision": _decision_fits,
    "measure_change": _measure_fits,
    "list_change": _end_fits,
}


def _wrong(loc: str, message: str) -> FieldError:
    return {"loc": loc, "message": message}


def _some(words: tuple[str, ...]) -> str:
    return ", ".join(words[:5]) + (f" and {len(words) - 5} more" if len(words) > 5 else "")
