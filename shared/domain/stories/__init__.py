"""Which story a signal belongs to, and whether it is news."""

from shared.domain.stories.naming import Names
from shared.domain.stories.stories import Placed, Stories

__all__ = ["Names", "Placed", "Stories"]
