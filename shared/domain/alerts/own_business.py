"""What the customer's own records say: a licence case, and a band moved by stock, profile or price alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache

from shared.catalog.materials import materials
from shared.contracts.base import EndUse, rfc3339
from shared.contracts.licences import Outcome
from shared.domain.alerts.dates import day
from shared.domain.alerts.telling import Telling


@dataclass(frozen=True, slots=True)
class Decision:
    decision: Outcome
    at: str
    """RFC 3339."""
    until: str
    """The day to which a grant is valid; empty where none is given."""
    source: str


@dataclass(slots=True)
class Case:
    """One licence case of one customer."""

    material: str | None = None
    origin: str = ""
    """Who issues the licence; with what follows, of the application."""
    destination: str = ""
    end_use: EndUse = "unknown"
    applied_at: str = ""
    """RFC 3339; empty where no application was seen."""
    filed_as: str = ""
    """The event id of the application."""
    overdue_at: int = 0
    """Microseconds since 1970."""
    decisions: dict[str, Decision] = field(default_factory=dict)
    """By event id, in the order of their words, so that a correction replaces its own."""

    def put(self, event_id: str, decision: Decision) -> None:
        """A correction is the latest word."""
        self.decisions.pop(event_id, None)
        self.decisions[event_id] = decision

    def newest(self) -> Decision | None:
        """Of the same instant the later word."""
        return max(reversed(self.decisions.values()), key=lambda each: each.at, default=None)

    @property
    def pending(self) -> bool:
        """Nothing was decided, or it was returned and filed anew since."""
        newest = self.newest()
        return newest is None or (newest.decision == "returned" and newest.at < self.applied_at)


_DO = {
    "granted": "Have the goods shipped while the licence is valid.",
    "denied": "Ask for the reasons, look for another origin, and count on present stock alone.",
    "returned": "Complete the file and hand it in again: the clock starts anew.",
    "withdrawn": "File again if the material is still needed.",
    "expired": "File for a new licence; nothing more can be shipped under this one.",
}


def of_case(ref: str, case: Case) -> Telling:
    newest = case.newest()
    if newest is None:
        return of_overdue(ref, case)
    label = _label(case.material)
    when = datetime.fromisoformat(newest.at)
    valid = f", valid until {day(date.fromisoformat(newest.until))}" if newest.until else ""
    return Telling(
        title=f"Export licence {ref}{f' for {label}' if label else ''} {newest.decision}",
        happened=f"Your export licence case {ref} was {newest.decision} on {day(when.date())}{valid}.",
        do=_DO[newest.decision],
        basis=f"On the evidence of your own record ({newest.source}).",
        evidence=(
            {"source": newest.source, "published_at": newest.at, "text": f"Licence case {ref}: {newest.decision}"},
        ),
    )


def of_corrected_case(ref: str, case: Case, before: Decision) -> Telling:
    """`before` is what was told until now."""
    plain = of_case(ref, case)
    newest = case.newest()
    instead = f" Your earlier record said {before.decision}." if newest and newest.decision != before.decision else ""
    return replace(
        plain,
        title=f"Corrected: {plain.title[0].lower()}{plain.title[1:]}",
        happened=f"Your record was corrected: {plain.happened[0].lower()}{plain.happened[1:]}{instead}",
    )


def of_overdue(ref: str, case: Case) -> Telling:
    since = day(datetime.fromisoformat(case.applied_at).date())
    return Telling(
        title=f"Export licence {ref} takes longer than nine in ten",
        happened=f"Your export licence case {ref}, filed on {since}, has no decision yet; nine in ten have one by now.",
        do="Ask the authority or your supplier where the file stands, and cover the gap from stock or another origin.",
        basis="On the evidence of your own record and of how long such cases take.",
        evidence=({"source": "own record", "published_at": case.applied_at, "text": f"Licence case {ref}: filed"},),
    )


def of_material(slug: str, what: str, source: str, at: str) -> Telling:
    """`what` moved the band: a stock report, the profile, the days."""
    label = _label(slug)
    return Telling(
        title=f"Supply risk of {label} moved",
        happened=f"{what}.",
        do="Check stock and open orders, and bring deliveries forward where you can.",
        basis=f"On the evidence of {source}.",
        evidence=({"source": source, "published_at": at, "text": what},),
    )


def of_standing(slug: str, band: str | None, at: str) -> Telling:
    """Nothing happened just now."""
    stands = f"Supply risk of {_label(slug)} is {band}" if band else f"Supply risk of {_label(slug)} stands as it did"
    return replace(of_material(slug, stands, "what was known before", at), title=stands)


def of_profile(version: int, at: str) -> Telling:
    return replace(of_material("", "Your profile changed", f"version {version} of your profile", at), title="")


def of_leaving(said: Telling) -> Telling:
    """The profile changed, and what an alert is about meets no exposure any more."""
    return replace(
        said,
        title=f"{said.title}: no longer about what you buy",
        happened=f"Your profile changed, and this is no longer about what you buy: {said.happened}",
        do="Nothing more, unless your profile leaves out something that you still buy.",
    )


def of_lead_times(at: str) -> Telling:
    moved = "Cases decided of late moved the time that a licence is likely to take"
    return replace(of_material("", moved, "the licence book, which counts cases without names", at), title="")


def of_days(slug: str, moved_by: Sequence[str], at: str) -> Telling:
    """Nothing happened but that time passed."""
    return of_material(slug, f"Days have passed: {' and '.join(moved_by)}", "what was known before", at)


def titled(telling: Telling, slug: str, band: str, *, rising: bool) -> Telling:
    return replace(telling, title=f"Supply risk of {_label(slug)} {'rises' if rising else 'falls'} to {band}")


def _label(slug: str | None) -> str:
    if slug is None:
        return ""
    found = materials().get(slug)
    return found.label if found else slug


@lru_cache(maxsize=256)
def instant(microseconds: int) -> str:
    moment = datetime.fromtimestamp(microseconds // 1_000_000, UTC)
    return rfc3339(moment.replace(microsecond=microseconds % 1_000_000))
