"""Who speaks of the world: what control asks every copy of ingest over HTTP. Real time, on the replay clock too."""

from shared.contracts.base import Instant, Wire


class Heard(Wire):
    name: str
    age_s: float
    """Since something of it was taken."""
    rhythm_s: float | None = None
    """The longest pause that is usual for it; none until it has paused three times."""


class HeardByCopy(Wire):
    since: Instant
    """A copy forgets at its end whom it has heard."""
    items: tuple[Heard, ...]
