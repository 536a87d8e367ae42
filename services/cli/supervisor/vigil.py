"""Asks a process again and again whether it lives, as an orchestrator would."""

import asyncio
from dataclasses import dataclass

from services.cli.supervisor.probes import why_not
from services.cli.supervisor.spec import Probe


@dataclass(frozen=True, slots=True)
class Vigil:
    """Two minutes in a row: what watches from outside has time to raise the alarm first."""

    every_s: float = 10.0
    misses: int = 12
    misses_at_first: int = 30
    """Until it has answered once: it may have much to read before it can."""


async def lost(probe: Probe, vigil: Vigil) -> str:
    """Returns once it has missed too many in a row, with what it said, or did not say, last."""
    missed, allowed = 0, vigil.misses_at_first
    while True:
        await asyncio.sleep(vigil.every_s)
        if (reason := await why_not(probe)) is None:
            missed, allowed = 0, vigil.misses
            continue
        missed += 1
        if missed >= allowed:
            return reason
