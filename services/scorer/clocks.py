"""What falls due by itself. Before a record is taken, clocks run up to its `accepted-at`, in due order; then the days
that have passed are made up for in one go, however many they are: stock runs down, news fades. What is told on the way
is worked out as of its own day.

Days are whole UTC days. Nothing runs between two midnights but what is due, so that an idle partition costs nothing."""

import heapq

import numpy as np

from services.scorer.recall import recall, rows_of
from services.scorer.state import Due, State
from services.scorer.turn import Notice, Turn
from shared.domain.alerts import own_business, severity
from shared.domain.alerts.alert import DAY_US
from shared.domain.alerts.causes import cause
from shared.domain.alerts.silences import ends
from shared.domain.risk.columns import Rows
from shared.domain.risk.policy import OWN_DENIAL, OWN_GRANT
from shared.domain.risk.scope import rows_moved
from shared.domain.risk.shocks import FORGOTTEN_AFTER

STORY_IS_OVER_AFTER = 30 * DAY_US
REMIND_EVERY = DAY_US


def run_clocks(state: State, turn: Turn, *, within_a_step: bool, catching_up: bool) -> None:
    """`within_a_step`: more ticks of the same step of time follow, and reminders wait for the last. `catching_up`: in
    a jump over many days what only the days move is scored at its end; nobody could have been told in between."""
    state.now = max(state.now, turn.at_us)
    waiting: list[Due] = []
    while state.clocks and state.clocks[0][0] <= turn.at_us:
        due = heapq.heappop(state.clocks)
        if due[1] == "remind" and within_a_step:
            waiting.append(due)
        else:
            _ring(state, turn, due)
    for due in waiting:
        heapq.heappush(state.clocks, due)
    _pass_days(state, turn, catching_up=catching_up)


def nothing_falls_due(state: State, at_us: int) -> bool:
    """Whether time may run on to this instant without anything but `now` moving."""
    due = state.clocks and state.clocks[0][0] <= at_us
    return not due and max(state.now, at_us) // DAY_US == state.whole_day


def _ring(state: State, turn: Turn, due: Due) -> None:
    at, what, customer, about = due
    match what:
        case "remind":
            _remind(state, turn, at, customer, about)
        case "story":
            _end_story(state, turn, at, about)
        case "case":
            _overdue(state, turn, at, customer, about)
        case "silence":
            _end_silence(state, turn, at, about)


def _remind(state: State, turn: Turn, at: int, customer: int, about: str) -> None:
    alert = state.alerts.find(customer, about)
    if alert is None or alert.remind_at != at or alert.status != "open":
        return
    alert.remind_at = 0
    turn.notify(
        Notice(
            customer=customer,
            cause=about,
            kind=alert.kind,
            severity=alert.happened,
            telling=recall(state, customer, about, alert.kind),
            rows=rows_of(state, customer, alert),
            materials=alert.materials,
            reminder=True,
        )
    )


def _end_story(state: State, turn: Turn, at: int, story_id: str) -> None:
    story = state.stories.get(story_id)
    if story is None or story.last_news + STORY_IS_OVER_AFTER != at:
        return  # there was news since
    about = cause("story", story_id)
    for customer in state.alerts.customers_with(about):
        alert = state.alerts.get(customer, about)
        rows = rows_of(state, customer, alert)
        notice = Notice(customer, about, "signal", severity.INFO, story.telling, rows, alert.materials, closes=True)
        turn.notify(notice)
    del state.stories[story_id]


def _overdue(state: State, turn: Turn, at: int, customer: int, ref: str) -> None:
    case = state.cases.get(customer, {}).get(ref)
    if case is None or not case.pending or case.overdue_at != at:
        return
    row = state.portfolio.row_of(customer, case.material) if case.material else None
    turn.notify(
        Notice(
            customer=customer,
            cause=cause("licence", ref),
            kind="licence",
            severity=severity.WARNING,
            telling=own_business.of_overdue(ref, case),
            rows=[] if row is None else [row],
            materials=(case.material,) if case.material else (),
        )
    )


def _end_silence(state: State, turn: Turn, at: int, silence_id: str) -> None:
    silence = state.silences.get(silence_id)
    if silence is not None and ends(silence) <= at:
        del state.silences[silence_id]
        release_held(state, turn)


def release_held(state: State, turn: Turn) -> None:
    """What silences held back: an alert that is still open is told, once; what another silence holds stays held."""
    for (customer, about), held in list(state.alerts.held.items()):
        alert = state.alerts.get(customer, about)
        said = held if alert.kind == "score" else recall(state, customer, about, alert.kind)
        rows = rows_of(state, customer, alert)
        turn.notify(Notice(customer, about, alert.kind, alert.happened, said, rows, alert.materials))


def _pass_days(state: State, turn: Turn, *, catching_up: bool) -> None:
    day, whole = state.now // DAY_US, state.whole_day
    if day <= whole or (catching_up and day == state.day):
        return
    jumped = whole < state.day
    moved = state.world.reach(day, forgetting=not catching_up)
    state.day = day
    if catching_up and whole:
        return
    state.whole_day = day
    if whole:
        everywhere = {cell: np.ones_like(contexts) for cell, contexts in moved.items()}
        turn.touch(rows_moved(state.portfolio, state.world, everywhere if jumped else moved))
        turn.touch(_aging(state, since=whole))


def _aging(state: State, *, since: int) -> Rows:
    """Exposures whose own stock or licences have grown older."""
    exposures = state.portfolio.exposures.arrays()
    remembered = since - FORGOTTEN_AFTER * max(OWN_DENIAL.half_life, OWN_GRANT.half_life)
    aging = (exposures["stock_at"] > 0) | (exposures["denied_on"] > remembered) | (exposures["granted_on"] > remembered)
    return np.flatnonzero(aging & (exposures["customer"] >= 0)).astype(np.int32)
