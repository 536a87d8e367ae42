"""One change of the world over a million customers, to computed rows: which exposures it concerns, their scores, bands
and what is to be told of them; and the same among four million. CPU time of every thread, in process."""

import gc
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import numpy as np
import polars as pl

from bench.population import AFFECTED, AT, MATERIAL, ORIGIN, populated
from bench.results import Result
from bench.score_polars import Frames
from services.scorer.app import collect_rarely
from services.scorer.settle import Settled, settle
from services.scorer.state import State
from services.scorer.take_change import take_change
from services.scorer.turn import Turn
from shared.contracts.changes import Change, Transition
from shared.contracts.measures import Measure, MeasureState
from shared.domain.risk.score import Scored

CUSTOMERS, MANY_CUSTOMERS = 1_000_000, 4_000_000
RUNS = 7
WITHIN_MS, GROWTH = 500.0, 2.0
Made = TypeVar("Made")


def measure_score() -> list[Result]:
    collect_rarely()
    ours, theirs = _measured(CUSTOMERS)
    grown, their_grown = _measured(MANY_CUSTOMERS)
    value, reference = statistics.median(ours), statistics.median(theirs)
    growths = [late / value for late in grown]
    growth, their_growth = statistics.median(growths), statistics.median(their_grown) / reference
    return [
        Result(
            "score_50k", value, "ms CPU", f"< {WITHIN_MS:g} ms", value < WITHIN_MS, "polars", reference,
            value / reference, ours,
        ),
        Result(
            "score_growth", growth, "×", f"< {GROWTH:g} ×", growth < GROWTH, "polars", their_growth,
            growth / their_growth, growths,
        ),
    ]  # fmt: skip


def ban(number: int, state: MeasureState) -> Change:
    """One ban, put into force and suspended in turn: each change touches every row that it is about."""
    words = {"id": "BENCH-1", "ref": "1", "act": f"BENCH-{number}", "issuer": ORIGIN, "instrument": "ban"}
    scope = {"title": "Export ban", "materials": [MATERIAL], "targets": ["*"], "state": state, "confirmed": True}
    dates = {"announced_on": "2026-03-02", "effective_on": "2026-03-02", "belief": 0.99}
    measure = Measure.model_validate(words | scope | dates)
    moved = Transition(measure_id=measure.id, previous=None, state=state, confirmed=True, at=AT, act=measure.act)
    return Change(
        number=number, record_id=f"bench-{number}", cause="act", at=AT, measures=(measure,), transitions=(moved,)
    )


def _measured(customers: int) -> tuple[list[float], list[float]]:
    """Milliseconds of ours and of polars; the rows and scores are the same."""
    state = populated(customers)
    material, origin = state.world.materials.code(MATERIAL), state.world.origins.code(ORIGIN)
    frames = Frames.of(state)
    ours, theirs = [], []
    for number in range(1, 2 * RUNS, 2):
        spent, settled = _cpu_ms(partial(_taken, state, ban(number, "in_force")))
        ours.append(spent)
        _taken(state, ban(number + 1, "suspended"))
        spent, found = _cpu_ms(partial(frames.under_a_ban, material, origin))
        theirs.append(spent)
        _expect_the_same(settled.scored, found.sort("row"))
    return ours, theirs


def _expect_the_same(ours: Scored, theirs: pl.DataFrame) -> None:
    assert len(ours.rows) == AFFECTED
    assert np.array_equal(theirs["row"].to_numpy(), ours.rows)
    assert np.allclose(theirs["score"].to_numpy(), ours.result.score, rtol=0, atol=0.011)


def _taken(state: State, change: Change) -> Settled:
    turn = Turn(f"change/{change.number}", state.now, change.at.isoformat())
    take_change(state, turn, change)
    return settle(state, turn)


def _cpu_ms(do: Callable[[], Made]) -> tuple[float, Made]:
    gc.collect()
    begun = time.process_time()
    made = do()
    return (time.process_time() - begun) * 1_000, made
