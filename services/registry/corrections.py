"""A text that its source has corrected: what it said before and says no more is taken back, as by a rejection."""

from collections.abc import Iterator
from datetime import datetime

from services.registry import reviews
from services.registry.news import Reading
from services.registry.reviews import Heard
from services.registry.state import State
from shared.contracts.reviews import Review
from shared.contracts.signals import Judgement


def taken_back(judgement: Judgement, read: Reading, now: datetime, state: State) -> Iterator[Heard]:
    """Before what it says now stands in the archive. A story that it tells still is left as it is."""
    tells = {signal.story_id for signal in read.signals}
    for kept in state.archive.of_event(judgement.event_id):
        if kept.counts and kept.story not in tells:
            word = Review(
                id=f"correction/{kept.id}/{judgement.fingerprints.exact}",
                signal_id=kept.id,
                verdict="rejected",
                by=judgement.source.name,
                by_source=True,
            )
            yield reviews.hear(word, kept, now, state)
