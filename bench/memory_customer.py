"""What a scorer holds of a customer with four exposures."""

import gc

import psutil

from bench.population import populated
from bench.results import Result
from bench.score_polars import Frames

CUSTOMERS = 400_000
BYTES = 1_200


def measure_memory_customer() -> list[Result]:
    kept = [populated(CUSTOMERS // 10)]
    before = _held()
    kept.append(populated(CUSTOMERS))
    each = (_held() - before) / CUSTOMERS
    frames = Frames.of(kept[-1])
    needed = (frames.exposures.estimated_size() + frames.bought.estimated_size()) / CUSTOMERS
    budget, name = f"< {BYTES} bytes", "polars: what the score needs"
    return [Result("memory_customer", each, "bytes", budget, each < BYTES, name, needed, each / needed, [each])]


def _held() -> int:
    gc.collect()
    return int(psutil.Process().memory_full_info().uss)
