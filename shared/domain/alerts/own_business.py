"""What the customer's own records say: a licence case, and a band moved by stock, profile or price alone."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from shared.catalog.materials import materials
from shared.contracts.base import rfc3339
from shared.domain.alerts.telling import Telling, day


@dataclass(slots=True)
class Case:
    """One licence case of one customer. Decisions by kind, each with its day, so that a correction replaces its own."""

    material: str | None = None
    applied_at: str = ""
    """RFC 3339; empty where no application was seen."""
    decisions: dict[str, list[str]] | None = None
    """Decision → [decided_at, valid_until or "", source]."""

    def newest(self) -> tuple[str, str, str, str] | None:
        """Decision, decided_at, valid_until, source."""
        if not self.decisions:
            return None
        decision, (at, until, source) = max(self.decisions.items(), key=lambda entry: (entry[1][0], entry[0]))
        return decision, at, until, source


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
    decision, at, until, source = newest
    label = _label(case.material)
    when = datetime.fromisoformat(at)
    valid = f", valid until {day(date.fromisoformat(until))}" if until else ""
    return Telling(
        title=f"Export licence {ref}{f' for {label}' if label else ''} {decision}",
        happened=f"Your export licence case {ref} was {decision} on {day(when.date())}{valid}.",
        do=_DO[decision],
        basis=f"On the evidence of your own record ({source}).",
        evidence=({"source": source, "published_at": at, "text": f"Licence case {ref}: {decision}"},),
    )


def of_overdue(ref: str, case: Case) -> Telling:
    since = day(datetime.fromisoformat(case.applied_at).date())
    return Telling(
        title=f"Export licence {ref} takes longer than nine in ten",
        happened=f"Your export licence case {ref}, filed on {since}, has no decision yet; nine in ten have one by now.",
        do="Ask the authority or your supplier where the file stands, and cover the gap from stock or another origin.",
        basis="On the evidence of your own record and the prior lead time of such cases.",
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


def of_profile(version: int, at: str) -> Telling:
    return replace(of_material("", "Your profile changed", f"version {version} of your profile", at), title="")


def of_days(slug: str, at: str) -> Telling:
    """Nothing happened but that time passed: stock ran down."""
    return of_material(slug, f"The days go by and stock of {_label(slug)} runs down", "your stock report", at)


def titled(telling: Telling, slug: str, band: str, *, rising: bool) -> Telling:
    return replace(telling, title=f"Supply risk of {_label(slug)} {'rises' if rising else 'falls'} to {band}")


def _label(slug: str | None) -> str:
    if slug is None:
        return ""
    found = materials().get(slug)
    return found.label if found else slug


def instant(microseconds: int) -> str:
    moment = datetime.fromtimestamp(microseconds // 1_000_000, UTC)
    return rfc3339(moment.replace(microsecond=microseconds % 1_000_000))
