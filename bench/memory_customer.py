"""What a scorer holds of a customer with four exposures."""

import gc

import psutil

from bench.population import populated
from bench.results import Result

CUSTOMERS = 400_000
BYTES = 1_200


def measure_memory_customer() -> list[Result]:
    kept = [populated(CUSTOMERS // 10)]
    before = _held()
    kept.append(populated(CUSTOMERS))
    each = (_held() - before) / CUSTOMERS
    return [Result("memory_customer", each, "bytes", f"< {BYTES} bytes", each < BYTES, runs=[each])]


def _held() -> int:
    gc.collect()
    return int(psutil.Process().memory_full_info().uss)
