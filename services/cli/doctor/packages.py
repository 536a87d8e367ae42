"""What is installed against what requirements.lock names."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import distributions

from services.cli.doctor.finding import Finding, broken, well
from services.cli.doctor.patient import Patient
from services.cli.system import ROOT

LOCK = ROOT / "requirements.lock"
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(;)?", re.MULTILINE)
NAMED = 5


@dataclass(slots=True)
class Pinned:
    versions: set[str] = field(default_factory=set)
    """Several where they differ by Python or system."""
    everywhere: bool = True
    """False: for some systems only, so it may be absent here."""


def packages(_: Patient) -> Iterator[Finding]:
    if not LOCK.exists():
        yield broken("packages", f"{LOCK} is not there", "this is no complete checkout: clone it again")
        return
    installed = {_plain(each.name): each.version for each in distributions()}
    yield compared(read_lock(LOCK.read_text()), installed)


def read_lock(text: str) -> dict[str, Pinned]:
    pins: defaultdict[str, Pinned] = defaultdict(Pinned)
    for name, version, marked in PIN.findall(text):
        pin = pins[_plain(name)]
        pin.versions.add(version)
        pin.everywhere = not marked
    return dict(pins)


def compared(pins: Mapping[str, Pinned], installed: Mapping[str, str]) -> Finding:
    missing = [name for name, pin in pins.items() if pin.everywhere and name not in installed]
    other = [
        f"{name} {installed[name]} instead of {' or '.join(sorted(pin.versions))}"
        for name, pin in pins.items()
        if name in installed and installed[name] not in pin.versions
    ]
    if missing or other:
        wrong = [*(f"{name} is missing" for name in missing), *other]
        more = f" and {len(wrong) - NAMED} more" if len(wrong) > NAMED else ""
        again = "install what is locked: rm .venv/.installed, then make setup"
        return broken("packages", ", ".join(wrong[:NAMED]) + more, again)
    return well("packages", f"{len(pins)} as locked")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
