"""Every service loads the catalogue: importing it reads no table and pulls in nothing heavy."""

import subprocess
import sys

MODULES = "act_shape acts countries entities files governance hs materials shares spelling structural symbols"

IMPORT_ONLY = f"""
import importlib, io, sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
for name in "{MODULES} matcher".split():
    importlib.import_module(f"shared.catalog.{{name}}")
print([path for path in opened if "catalog/data" in path])
print(sorted({{"pycountry", "numpy", "pydantic"}} & set(sys.modules)))
"""

USE_ALL = """
import resource
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
from shared.catalog import acts, hs, matcher, materials, structural
acts.acts(), hs.materials_of("850511"), materials.resolve("Dy")
matcher.find("gallium"), structural.structural_risk("gallium")
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print((after - before) / (2**20 if __import__("sys").platform == "darwin" else 2**10))
"""


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603


def test_importing_reads_no_table() -> None:
    assert run(IMPORT_ONLY) == "[]\n[]"


def test_all_tables_together_take_little_memory() -> None:
    assert float(run(USE_ALL)) < 24
