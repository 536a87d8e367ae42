"""Customers by the million, laid straight into a scorer's columns: what it costs to hold and to score them is measured,
not what it costs to take them in."""

from datetime import UTC, datetime

import numpy as np

from services.scorer.state import State, empty
from shared.catalog.materials import materials
from shared.catalog.shares import worst_stage
from shared.contracts.base import EndUse
from shared.domain.alerts.alert import DAY_US
from shared.domain.risk.bands import UNSCORED
from shared.domain.risk.columns import Customers, Exposures, Pool, Suppliers

MATERIAL, ORIGIN = "terbium", "CN"
"""What the change of the benchmarks is about."""
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
AFFECTED = 50_000
EACH = 4
"""Exposures of a customer."""
_SHARES = (0.5, 0.3, 0.15)
_DESTINATIONS = ("DE", "US", "JP", "FR", "IT", "KR", "GB", "NL", "SE", "PL", "IN", "CA")
_END_USES: tuple[EndUse, ...] = ("civil", "dual_use", "defence", "unknown")


def populated(customers: int, affected: int = AFFECTED, partition: int = 0) -> State:
    """`affected` customers, spread evenly, buy the material from the origin; the others buy others."""
    state, dice = empty(partition), np.random.default_rng(7)
    state.now = round(AT.timestamp() * 1_000_000)
    state.day = state.whole_day = state.now // DAY_US
    others = [slug for slug in materials() if worst_stage(slug) and slug != MATERIAL]
    codes = np.array([state.world.materials.code(slug) for slug in others], np.int16)
    origins = np.array([state.world.origins.code(code) for code in (ORIGIN, "AU", "US", "JP", "CD", "RU")], np.uint8)
    contexts = [state.world.meet(destination, use) for destination in _DESTINATIONS for use in _END_USES]
    rows = customers * EACH
    owners = Customers.of(
        {
            "context": dice.choice(contexts, customers),
            "sequence": np.zeros(customers),
            "version": np.ones(customers),
            "first": np.arange(customers) * EACH,
            "name": dice.integers(1, 2**63, customers),
            "alive": np.ones(customers),
            "discreet": np.zeros(customers),
        }
    )
    following = np.arange(1, rows + 1)
    following[EACH - 1 :: EACH] = -1
    first = dice.integers(0, len(codes), customers)
    bought = codes[(first[:, None] + np.arange(EACH)) % len(codes)]
    bought[:: max(customers // affected, 1)][:affected, 0] = state.world.materials.code(MATERIAL)
    columns = {name: np.zeros(rows, kind) for name, kind in Exposures.COLUMNS.items()}
    columns |= {
        "customer": np.repeat(np.arange(customers), EACH),
        "following": following,
        "material": bought.reshape(-1),
        "start": np.arange(rows) * len(_SHARES),
        "count": np.full(rows, len(_SHARES)),
        "demand": dice.uniform(100, 10_000, rows),
        "usual_cover": dice.uniform(0, 200, rows),
        "substitutability": dice.uniform(0, 1, rows),
        "band": np.full(rows, UNSCORED),
    }
    elsewhere = dice.integers(1, len(origins) - 1, rows)
    pool = {
        "origin": np.stack([np.full(rows, origins[0]), origins[elsewhere], origins[elsewhere + 1]], axis=1).reshape(-1),
        "share": np.tile(_SHARES, rows),
        "assumed": np.zeros(rows * len(_SHARES)),
    }
    nobody = {name: np.zeros(0, kind) for name, kind in Suppliers.COLUMNS.items()}
    ids = [f"customer-{number}" for number in range(customers)]
    state.portfolio.restore(ids, owners, Exposures.of(columns), Pool.of(pool), Suppliers.of(nobody))
    return state
