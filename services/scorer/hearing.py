"""News and whom it reaches."""

from services.scorer.clocks import STORY_IS_OVER_AFTER
from services.scorer.state import State, Story
from services.scorer.turn import Turn
from shared.contracts.signals import Signal
from shared.domain.alerts.telling import Telling
from shared.domain.risk.columns import Rows
from shared.domain.risk.scope import NO_ROWS, rows_hearing
from shared.domain.risk.shocks import Shock


def hearing(state: State, signal: Signal, story_id: str, day: int) -> Rows:
    """News without a direction touches no score and is told all the same."""
    scope = signal if signal.direction != "neutral" else signal.model_copy(update={"direction": "tightening"})
    shock = Shock.of(scope, story_id, day)
    return rows_hearing(state.portfolio, state.world, shock) if shock else NO_ROWS


def keep_story(state: State, turn: Turn, story_id: str, said: Telling, signal: Signal) -> None:
    story = state.stories.get(story_id)
    if story is None:
        state.stories[story_id] = Story(said, signal.materials, turn.at_us)
    else:
        story.last_news = turn.at_us
    state.due(turn.at_us + STORY_IS_OVER_AFTER, "story", -1, story_id)
