from dataclasses import dataclass
from typing import Literal

State = Literal["well", "odd", "broken"]


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    state: State
    found: str
    advice: str = ""
    """What to do; none where all is well."""


def well(what: str, found: str) -> Finding:
    return Finding(what, "well", found)


def odd(what: str, found: str, advice: str) -> Finding:
    """It works, or will by itself; but somebody may be surprised."""
    return Finding(what, "odd", found, advice)


def broken(what: str, found: str, advice: str) -> Finding:
    return Finding(what, "broken", found, advice)
