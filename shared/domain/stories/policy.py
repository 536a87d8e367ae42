from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class StoryPolicy:
    """Contract section 10."""

    news_for: timedelta = timedelta(days=30)
    """A signal whose act lies further back is history."""
    same_story_within: timedelta = timedelta(days=7)
    """Of the story's last news; another source adds to it as long after its beginning."""
    texts_remembered_for: timedelta = timedelta(days=400)
    most_texts: int = 100_000
    """Two hundred and fifty a day that say something; about three kilobytes each."""


POLICY = StoryPolicy()
