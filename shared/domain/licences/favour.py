"""Whom an issuer favours: the grant rate of one destination against that of the others."""

import math

from shared.contracts.base import EndUse
from shared.contracts.licences import Favour, Stratum
from shared.domain.licences.lead_times import LeadTimes
from shared.domain.licences.strata import chain

SIGMAS = 1.28
"""80 % of a normal distribution, as of every interval that is shown."""
_HALF = 0.5
"""Haldane and Anscombe: added to each count, so that none is 0."""


def favour(lead_times: LeadTimes, origin: str, material: str, destination: str, end_use: EndUse) -> Favour | None:
    """None where either side may not be shown, or decided nothing."""
    own_key, all_key, _ = chain(origin, material, destination, end_use)
    own, everywhere = lead_times.strata.get(own_key), lead_times.strata.get(all_key)
    if own is None or everywhere is None:
        return None
    granted, denied = _decided(own)
    all_granted, all_denied = _decided(everywhere)
    elsewhere = (all_granted - granted, all_denied - denied)
    if not granted + denied or not sum(elsewhere):
        return None
    counts = [count + _HALF for count in (granted, denied, *elsewhere)]
    gap = math.log(counts[0] / counts[1]) - math.log(counts[2] / counts[3])
    margin = SIGMAS * math.sqrt(sum(1 / count for count in counts))
    return Favour(
        log_odds=round(gap, 4),
        interval=(round(gap - margin, 4), round(gap + margin, 4)),
        decided=granted + denied,
        decided_elsewhere=sum(elsewhere),
    )


def _decided(stratum: Stratum) -> tuple[int, int]:
    return sum(step.granted for step in stratum.steps), sum(step.denied for step in stratum.steps)
