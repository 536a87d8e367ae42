"""A story once a human has spoken on what was read of it: what it weighs, whom it reaches and in which words follow
from what still stands, as if nothing else had ever been said."""

from dataclasses import dataclass

import numpy as np

from services.scorer.clocks import STORY_IS_OVER_AFTER
from services.scorer.hearing import hearing, keep_story
from services.scorer.recall import rows_of
from services.scorer.state import State
from services.scorer.turn import Mover, Notice, Turn
from shared.contracts.reviews import Retold, Standing
from shared.domain.alerts import severity, telling
from shared.domain.alerts.alert import DAY_US
from shared.domain.alerts.causes import cause
from shared.domain.risk.columns import Rows
from shared.domain.risk.scope import NO_ROWS
from shared.domain.risk.shocks import Shock
from shared.domain.risk.world import Moved, union


@dataclass(frozen=True, slots=True)
class Reweighed:
    retold: Retold
    moved: Moved
    materials: frozenset[int]
    """Of what it weighed on, before and now."""


def reweigh(state: State, retold: Retold) -> Reweighed:
    world = state.world
    before = {key: shock for key, shock in world.shocks.items() if shock.story == retold.story_id}
    now = {key: shock for key, shock in _shocks(retold).items() if not shock.forgotten(state.day)}
    weighed_on = [key for shock in (*before.values(), *now.values()) for key in world.keys_of_shock(shock)]
    moved = [world.drop_shock(key) for key in before if key not in now]
    moved += [world.put_shock(key, shock) for key, shock in now.items()]
    return Reweighed(retold, union(*moved), frozenset(material for material, _ in weighed_on))


def tell_again(state: State, turn: Turn, reweighed: Reweighed) -> None:
    retold = reweighed.retold
    about, story = cause("story", retold.story_id), state.stories.get(retold.story_id)
    said = [_said(each) for each in retold.standing]
    if story:
        taken_back = telling.of_retraction(
            story.telling, retold.verdict, retold.reason, retold.by, turn.accepted_at, by_source=retold.by_source
        )
        _retract(state, turn, about, taken_back, reached=_reached(state, retold))
        if not said:
            # what moves by it moves by nothing that is still there
            turn.movers.append(Mover("", severity.INFO, taken_back, reweighed.materials))
            del state.stories[retold.story_id]
    if not said:
        return
    turn.movers.append(Mover(about, severity.INFO, said[0], reweighed.materials))
    if story:
        story.telling, story.materials = said[0], retold.standing[0].signal.materials
    if _is_recent(retold, turn):
        _tell(state, turn, about, retold, anew=story is None)


def _said(standing: Standing) -> telling.Telling:
    return telling.of_signal(standing.signal)


def _shocks(retold: Retold) -> dict[str, Shock]:
    found: dict[str, Shock] = {}
    for standing in retold.standing:
        signal = standing.signal
        key = f"{retold.story_id}/{signal.type}"
        shock = found.get(key) or Shock.of(signal, retold.story_id, _microseconds(standing) // DAY_US)
        if shock and shock.hear(signal):
            found[key] = shock
    return found


def _reached(state: State, retold: Retold) -> Rows:
    found = [
        hearing(state, standing.signal, retold.story_id, _microseconds(standing) // DAY_US)
        for standing in retold.standing
    ]
    return np.unique(np.concatenate([NO_ROWS, *found]))


def _retract(state: State, turn: Turn, about: str, said: telling.Telling, reached: Rows) -> None:
    still = state.portfolio.rows_by_customer(reached)
    for customer in state.alerts.customers_with(about):
        if customer not in still:
            alert = state.alerts.get(customer, about)
            rows = rows_of(state, customer, alert)
            notice = Notice(
                customer, about, "signal", severity.INFO, said, rows, alert.materials, closes=True, retracts=True
            )
            turn.notify(notice)


def _is_recent(retold: Retold, turn: Turn) -> bool:
    return turn.at_us - max(map(_microseconds, retold.standing)) < STORY_IS_OVER_AFTER


def _tell(state: State, turn: Turn, about: str, retold: Retold, *, anew: bool) -> None:
    """As any news, where there was none before; and where its news says something else now."""
    news = retold.standing[0].signal
    if anew:
        keep_story(state, turn, retold.story_id, telling.of_signal(news), news)
    corrects = retold.verdict == "corrected" and retold.signal_id == news.id
    if news.asserted != "asserted" or not (anew or corrects):
        return
    rows = hearing(state, news, retold.story_id, turn.at_us // DAY_US)
    for customer, own in state.portfolio.rows_by_customer(rows).items():
        turn.notify(Notice(customer, about, "signal", severity.INFO, telling.of_signal(news), own))


def _microseconds(standing: Standing) -> int:
    return round(standing.heard_at.timestamp() * 1_000_000)
