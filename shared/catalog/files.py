"""The tables lie beside the code; each module reads its own once, when it is first asked."""

from pathlib import Path

from shared.errors import ChokepointError

DATA = Path(__file__).parent / "data"


class CatalogError(ChokepointError):
    """A table that breaks its own rules, or a code that no table knows."""


def read(name: str) -> str:
    return (DATA / name).read_text(encoding="utf-8")
