"""Scores what a turn touched, keeps what moved, and finds on which alert a band that moved is told."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.scorer.passing import moved_by_days
from services.scorer.state import State
from services.scorer.turn import Mover, Notice, Turn
from shared.domain.alerts import own_business, severity
from shared.domain.alerts.alert import Alert
from shared.domain.alerts.causes import cause, kind_of
from shared.domain.alerts.telling import Telling
from shared.domain.risk.bands import BANDS, ELEVATED, UNSCORED, next_band, next_bands
from shared.domain.risk.columns import Floats, Mask
from shared.domain.risk.score import FEW, Scored, score

_FALLS_ARE_TOLD_ON = ("material", "story", "licence", "measure")


@dataclass(frozen=True, slots=True)
class Settled:
    """Of the rows scored those that anything is said of: at midnight few of very many."""

    scored: Scored
    moved: Mask
    """Rows whose record shows something new."""
    previous: Floats
    """Scores before; NaN where there was none."""


def settle(state: State, turn: Turn) -> Settled:
    rows, exposures = turn.rows(), state.portfolio.exposures
    scored = score(state.portfolio, state.world, state.structure, rows, state.day)
    before, previous = exposures.band[rows], exposures.score[rows]
    first = before == UNSCORED
    bands = _bands(before, scored.result.score)
    moved = (exposures.digest[rows] != scored.digest) | (bands != before)
    exposures.score[rows], exposures.band[rows], exposures.digest[rows] = scored.result.score, bands, scored.digest
    if not turn.quiet:
        news = ~first & (bands != before)
        if turn.baseline_alert:
            news |= first & (bands >= ELEVATED)
        for at in np.flatnonzero(news).tolist():
            rises = bool(first[at]) or bands.item(at) > before.item(at)
            _tell_band(state, turn, rows.item(at), bands.item(at), rises=rises)
    return _told(turn, Settled(scored, moved, np.where(first, np.nan, previous)))


def _told(turn: Turn, settled: Settled) -> Settled:
    told = settled.moved.copy()
    told[np.searchsorted(settled.scored.rows, [row for notice in turn.notices.values() for row in notice.rows])] = True
    places = np.flatnonzero(told)
    if len(places) == len(told):
        return settled
    return Settled(settled.scored.only(places), settled.moved[places], settled.previous[places])


def _bands(before: NDArray[np.int8], scores: Floats) -> NDArray[np.int8]:
    if len(scores) > FEW:
        return next_bands(before, scores)
    return np.array([next_band(*both) for both in zip(before.tolist(), scores.tolist(), strict=True)], np.int8)


def _tell_band(state: State, turn: Turn, row: int, band: int, *, rises: bool) -> None:
    customer = state.portfolio.exposures.customer.item(row)
    own = turn.by_customer.get(customer, [])
    if any(row in notice.rows and not (notice.reminder or (notice.retracts and rises)) for notice in own):
        return  # what moved it is told anyway, with the new band
    slug = state.portfolio.material(row)
    mover = next((m for m in turn.movers if m.materials is None or _about(state, m, row)), None)
    if mover is None:  # only days went by
        said = own_business.of_days(slug, moved_by_days(state, row, rises=rises), turn.accepted_at)
        if not rises:
            _tell_fall(state, turn, row, band, said)
            return
        mover = Mover("", severity.INFO, said)
    about = mover.cause or cause("material", slug)
    alert = state.alerts.find(customer, about)
    live = alert is not None and alert.live
    if not rises and not live:
        _tell_fall(state, turn, row, band, mover.telling)
        return
    turn.notify(_score_notice(state, row, about, band, mover.severity, mover.telling, rises=rises))


def _about(state: State, mover: Mover, row: int) -> bool:
    return mover.materials is not None and state.portfolio.exposures.material.item(row) in mover.materials


def _tell_fall(state: State, turn: Turn, row: int, band: int, said: Telling) -> None:
    """Good news opens nothing: it is told on what is open about the material."""
    customer, slug = state.portfolio.exposures.customer.item(row), state.portfolio.material(row)
    found = [(about, alert) for about, alert in state.alerts.live(customer) if slug in alert.materials]
    if found:
        about, _ = min(found, key=_first_told)
        turn.notify(_score_notice(state, row, about, band, severity.INFO, said, rises=False))


def _first_told(entry: tuple[str, Alert]) -> tuple[int, int]:
    about, alert = entry
    return _FALLS_ARE_TOLD_ON.index(kind_of(about)), -alert.told_at


def _score_notice(state: State, row: int, about: str, band: int, grave: int, said: Telling, *, rises: bool) -> Notice:
    return Notice(
        customer=state.portfolio.exposures.customer.item(row),
        cause=about,
        kind="score",
        severity=grave,
        telling=own_business.titled(said, state.portfolio.material(row), BANDS[band], rising=rises),
        rows=[row],
        closes=kind_of(about) == "material" and band < ELEVATED,
    )
