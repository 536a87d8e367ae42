"""What the licence book assumes where the cases say too little."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.contracts.base import EndUse

HORIZON = 1_095
"""Days after filing beyond which nothing is said."""
STATUTORY_WORKING_DAYS = 45
"""China's term for the decision on an export licence."""
PARENT_COUNTS = 10
"""k: a stratum of so many cases weighs as much as its parent."""
FEWEST_CUSTOMERS = 5
"""With fewer a stratum is neither shown nor used: its parent is."""
MOST_STEPS = 150_000
"""Days of decisions in all strata together: so many fit into one record. The narrowest of the fewest cases give way."""
KEPT_DAYS = 730
"""After its end a case says little about the queue of today."""
DENIED_PER_GRANT = 0.02
"""Of civil cases before any is known: what is not granted is mostly just not decided."""
DENIAL_HAZARD: Mapping[EndUse, float] = MappingProxyType({"civil": 1.0, "unknown": 1.0, "dual_use": 2.5, "defence": 40})
"""Times that of civil cases. China refuses defence end use in principle (notices 46 of 2024 and 61 of 2025): with 40,
four cases of nine end so."""
GENTLER: Mapping[EndUse, EndUse] = MappingProxyType({"dual_use": "civil", "defence": "dual_use"})
"""No end use waits less than the one before it: where cases say so, it is chance."""
