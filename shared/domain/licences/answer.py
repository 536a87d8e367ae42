"""What is answered to whoever asks how long a licence takes."""

from datetime import datetime

from shared.contracts.licences import Circle, LicenceKind, Quantiles, Waiting
from shared.contracts.licences import LeadTimes as Answer
from shared.domain.licences.calendar import statutory_term
from shared.domain.licences.curve import Curve, quantile
from shared.domain.licences.favour import SIGMAS, favour
from shared.domain.licences.lead_times import LeadTimes
from shared.domain.licences.policy import HORIZON
from shared.domain.licences.strata import Key

SHOWN_DAYS = (*range(0, 365, 7), *range(364 + 28, HORIZON, 28))
"""By weeks for a year, then by four: finer ones would date single cases."""


def answer(lead_times: LeadTimes, asked: LicenceKind, as_of: datetime | None) -> Answer:
    kind = (asked.origin, asked.material, asked.destination, asked.end_use)
    found = lead_times.resolve(*kind)
    curve = found.curve
    return Answer(
        **asked.model_dump(),
        stratum=found.level,
        cases_of=Circle(**Key.of(found.stratum)._asdict()) if found.stratum else None,
        n=found.stratum.cases if found.stratum else 0,
        pending=found.stratum.pending if found.stratum else 0,
        p50=quantile(curve.waiting, 0.5),
        p90=quantile(curve.waiting, 0.1),
        decision=Quantiles(p50=quantile(curve.undecided, 0.5), p90=quantile(curve.undecided, 0.1)),
        statutory_days=statutory_term(asked.origin, lead_times.month),
        survival=tuple(_waiting(curve, day) for day in SHOWN_DAYS),
        favour=favour(lead_times, *kind),
        as_of=as_of,
    )


def _waiting(curve: Curve, day: int) -> Waiting:
    undecided = max(curve.undecided.item(day), 0.0)
    margin = SIGMAS * curve.variance.item(day) ** 0.5
    return Waiting(
        days=day,
        undecided=round(undecided, 4),
        low=round(max(undecided - margin, 0.0), 4),
        high=round(min(undecided + margin, 1.0), 4),
        granted=round(curve.granted.item(day), 4),
        denied=round(curve.denied.item(day), 4),
    )
