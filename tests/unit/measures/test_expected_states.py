"""The timeline's measures on nine days: the state of every one, and which act (or clock) brought what had changed since
the day before it. Days and states: data/expected_states.json, compiled from the notices."""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.measures import Measure
from shared.domain.measures import Identity, end_of, measure_at
from shared.domain.measures.acts import said_by, standing
from shared.domain.measures.chronicle import chronicle
from tests.unit.measures.timeline import timeline

CLOCK = None
EXPECTED: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "expected_states.json").read_text())

BROUGHT_BY: dict[str, dict[str, str | None]] = {
    "2023-08-01": {
        "ID-2020-NI": "ID-2020-NI",
        "ZW-2022-LI": "ZW-2022-LI",
        "NA-2023": "NA-2023",
        "CN-2023-23": "CN-2023-23",
    },
    "2025-04-05": {
        "CN-2023-39": "CN-2023-39",
        "CN-2023-57": "CN-2023-57",
        "CN-2024-33": "CN-2024-33",
        "CN-2024-46/1": "CN-2024-46",
        "CN-2024-46/2": "CN-2024-46",
        "CN-2024-46/2-graphite": "CN-2024-46",
        "CN-2025-10": "CN-2025-10",
        "CD-2025-001": "CD-2025-001",
        "CN-2025-13": "CN-2025-13",
        "CN-2025-18": "CN-2025-18",
        "CN-2025-21": "CN-2025-21",
    },
    "2025-05-15": {
        "CN-2025-21": "CN-2025-05-14-SUSP",
        "CN-2025-22": "CN-2025-05-14-SUSP",  # it had come and been suspended between the two days
    },
    "2025-08-13": {
        "CD-2025-001": "CD-2025-003",
        "CN-2025-21": "CN-2025-08-12-ADJ",
        "CN-2025-22": "CN-2025-08-12-ADJ",
    },
    "2025-10-10": {
        "CD-2025-001": "CD-2025-004",
        "CD-2025-004": "CD-2025-004",
        "CN-2025-51": "CN-2025-51",
        "CN-2025-55": "CN-2025-55",
        "CN-2025-56": "CN-2025-56",
        "CN-2025-57": "CN-2025-57",
        "CN-2025-58": "CN-2025-58",
        "CN-2025-61": "CN-2025-61",
        "CN-2025-62": "CN-2025-62",
    },
    "2025-11-08": {
        "CD-2025-001": "CD-2025-004",
        "CD-2025-004": "CD-2025-004",
        "CN-2025-21": "CN-2025-11-05-ADJ",
        "CN-2025-55": "CN-2025-70",
        "CN-2025-56": "CN-2025-70",
        "CN-2025-57": "CN-2025-70",
        "CN-2025-58": "CN-2025-70",
        "CN-2025-61": "CN-2025-70",
        "CN-2025-62": "CN-2025-70",
        "CN-2025-68": "CN-2025-68",
    },
    "2025-12-15": {
        "CN-2024-46/2": "CN-2025-72",
        "CN-2024-46/2-graphite": "CN-2025-72",
        "CN-2025-13": "CN-2025-11-05-ADJ",
    },
    "2026-11-11": {
        "CN-2025-21": CLOCK,
        "CN-2025-55": CLOCK,
        "CN-2025-56": CLOCK,
        "CN-2025-57": CLOCK,
        "CN-2025-58": CLOCK,
        "CN-2025-61": CLOCK,
        "CN-2025-62": CLOCK,
        "CN-2025-68": "CN-2025-68",
        "CN-2026-01": "CN-2026-01",
        "CN-2026-11": "CN-2026-11",
        "CN-2026-12": "CN-2026-12",
        "CN-2026-20": "CN-2026-20",
        "CN-2026-23": "CN-2026-23",
        "CN-2026-27": "CN-2026-27",
        "CN-2026-28": "CN-2026-28",
        "CN-2026-30": "CN-2026-30",
    },
    "2026-11-28": {
        "CN-2024-46/2": CLOCK,
        "CN-2024-46/2-graphite": CLOCK,
    },
}


@pytest.mark.parametrize("day", EXPECTED["dates"])
def test_every_state_on_every_day(day: str) -> None:
    assert {ref: _state(measure) for ref, measure in on(day).items()} == EXPECTED["dates"][day]


@pytest.mark.parametrize("day", EXPECTED["dates"])
def test_the_act_behind_each_difference(day: str) -> None:
    days = list(EXPECTED["dates"])
    before = EXPECTED["dates"][days[days.index(day) - 1]] if day != days[0] else {}
    changed = {ref for ref, state in EXPECTED["dates"][day].items() if before.get(ref) != state}
    assert {ref: _brought_by(ref, day) for ref in changed} == BROUGHT_BY[day]


@pytest.mark.parametrize("day", EXPECTED["entities"])
def test_how_many_are_listed_and_how_many_of_them_suspended(day: str) -> None:
    counted = {ref: _counts(measure) for ref, measure in on(day).items() if measure.entities}
    assert counted == EXPECTED["entities"][day]


@cache
def on(day: str) -> dict[str, Measure]:
    """By ref, at the end of the day in the issuer's zone, with all that is known today."""
    found = {}
    for identity, acts in timeline().items():
        if measure := measure_at(identity, acts, end_of(date.fromisoformat(day), identity.zone)):
            found[identity.ref] = measure
    return found


def _state(measure: Measure) -> dict[str, object]:
    return {
        "state": measure.state,
        "confirmed": measure.confirmed,
        "suspended_until": measure.suspended_until and str(measure.suspended_until),
        "until": measure.until and str(measure.until),
    }


def _brought_by(ref: str, day: str) -> str | None:
    identity = Identity(ref[:2], ref)
    end = end_of(date.fromisoformat(day), identity.zone)
    phase = chronicle(said_by(standing(timeline()[identity]), end, identity.zone), identity.zone).at(end)
    return phase.act.act if phase and phase.act else CLOCK


def _counts(measure: Measure) -> dict[str, int]:
    states = [entity.state for entity in measure.entities]
    return {"listed": len(states) - states.count("removed"), "suspended": states.count("suspended")}
