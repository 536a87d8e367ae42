"""What official acts do to measures: states by acts, overrides and clocks alone, as pure functions of sets of acts."""

from shared.domain.measures.calendar import day_of, end_of, start_of
from shared.domain.measures.identity import Identity
from shared.domain.measures.measure import measure_at, record_at

__all__ = ["Identity", "day_of", "end_of", "measure_at", "record_at", "start_of"]
