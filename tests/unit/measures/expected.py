"""The timeline's measures on nine days, compiled from the notices (data/expected_states.json), and which act (or clock)
brought what had changed since the day before."""

import json
from pathlib import Path
from typing import Any

from shared.contracts.measures import Measure

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


def changed(day: str) -> set[str]:
    """The measures that stand otherwise than on the day before it in the list."""
    days = list(EXPECTED["dates"])
    before = EXPECTED["dates"][days[days.index(day) - 1]] if day != days[0] else {}
    return {ref for ref, state in EXPECTED["dates"][day].items() if before.get(ref) != state}


def shown(measure: Measure) -> dict[str, object]:
    return {
        "state": measure.state,
        "confirmed": measure.confirmed,
        "suspended_until": measure.suspended_until and str(measure.suspended_until),
        "until": measure.until and str(measure.until),
    }


def counts(measure: Measure) -> dict[str, int]:
    states = [entity.state for entity in measure.entities]
    return {"listed": len(states) - states.count("removed"), "suspended": states.count("suspended")}
