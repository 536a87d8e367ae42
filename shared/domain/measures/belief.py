"""How sure we are of what a measure's acts say, given what the news says about it (log-odds; docs: domain notes 3.6).

An issuer's own gazette is near certain for the act itself; a report weighs by its source, once per story; a denial in
it is another voice."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from shared.contracts.measures import MeasureState, Report
from shared.contracts.signals import SignalType
from shared.domain.measures.calendar import day_of


@dataclass(frozen=True, slots=True)
class Trust:
    """Probabilities that the speaker is right."""

    gazette: float = 0.99
    human: float = 0.999
    contested_from: float = 0.6
    """Contradictions together worth one speaker so reliable make a measure contested."""
    confirming: float = 0.7
    """Below it a source never helps to confirm that an expired suspension is over."""


TRUST = Trust()
LARGEST = 7.0
"""Log-odds are kept within ± this (.999)."""

_SAY_IT_STANDS: frozenset[SignalType] = frozenset(
    {
        "control_imposed",
        "control_expanded",
        "technology_ban",
        "export_halt",
        "quota_change",
        "tariff_change",
        "licence_regime_change",
        "blacklist_added",
    }
)
_SAY_IT_IS_EASED: frozenset[SignalType] = frozenset(
    {"control_suspended", "control_lifted", "blacklist_removed", "blacklist_suspended"}
)


@dataclass(frozen=True, slots=True)
class Belief:
    probability: float
    contested: bool


def belief(reports: Iterable[Report], state: MeasureState, since: datetime, *, by_human: bool) -> Belief:
    """`since`: what was written before is about an earlier state."""
    pro = contra = 0.0
    for report in _one_per_story(report for report in reports if report.evidence.published_at >= since):
        weight = supports(report, state) * max(0.0, logit(report.reliability))
        pro += max(weight, 0.0)
        contra += max(-weight, 0.0)
    base = logit(TRUST.human if by_human else TRUST.gazette)
    odds = min(max(base + pro - contra, -LARGEST), LARGEST)
    return Belief(round(1 / (1 + math.exp(-odds)), 6), contested=contra >= logit(TRUST.contested_from))


def supports(report: Report, state: MeasureState) -> int:
    """1: it says what the acts say; -1: it contradicts them; 0: neither (threats, rumours, other subjects)."""
    said = {"asserted": 1, "denied": -1}.get(report.evidence.asserted, 0)
    standing = 1 if state in ("announced", "in_force") else -1
    if report.type in _SAY_IT_STANDS:
        return said * standing
    if report.type in _SAY_IT_IS_EASED:
        return -said * standing
    return 0


def confirmed_at(
    reports: Iterable[Report], returned: datetime, before: datetime | None, zone: ZoneInfo
) -> tuple[datetime, datetime] | None:
    """When two independent sources, be it in one story, or one that a human confirmed, had said, after a suspension ran
    out, that the measure is back: the instant, and when that was known. Who tells again of how it began says nothing of
    that."""
    saying = sorted(
        (
            report
            for report in reports
            if report.evidence.published_at >= returned
            and (before is None or report.evidence.published_at < before)
            and (report.evidence.confirmed_by or not report.is_history)
            and (report.occurred_on is None or report.occurred_on >= day_of(returned, zone))
            and report.reliability >= TRUST.confirming
            and supports(report, "in_force") == 1
        ),
        key=lambda report: (report.evidence.published_at, report.known_at, report.event_id),
    )
    for report in saying:
        if report.evidence.confirmed_by:
            return report.evidence.published_at, report.known_at
        if report.evidence.source.casefold() != saying[0].evidence.source.casefold():
            return report.evidence.published_at, max(report.known_at, saying[0].known_at)
    return None


def _one_per_story(reports: Iterable[Report]) -> Sequence[Report]:
    """The most reliable speaker of each: copies of a story are one piece of evidence, and one more who denies it."""
    best: dict[tuple[str, bool], Report] = {}
    for report in sorted(reports, key=lambda report: (-report.reliability, report.known_at, report.event_id)):
        best.setdefault((report.story_id, report.evidence.asserted == "denied"), report)
    return tuple(best.values())


def logit(probability: float) -> float:
    bounded = min(max(probability, 0.001), 0.999)
    return math.log(bounded / (1 - bounded))
