"""The timeline's measures on nine days: the state of every one, and which act (or clock) brought what had changed since
the day before it."""

from datetime import date
from functools import cache

import pytest

from shared.contracts.measures import Act, Measure
from shared.domain.measures import Identity, end_of, measure_at
from shared.domain.measures.acts import said_by, standing
from shared.domain.measures.chronicle import chronicle
from tests.unit.measures.expected import BROUGHT_BY, CLOCK, EXPECTED, changed, counts, shown
from tests.unit.measures.timeline import timeline


@pytest.mark.parametrize("day", EXPECTED["dates"])
def test_every_state_on_every_day(day: str) -> None:
    assert {ref: shown(measure) for ref, measure in on(day).items()} == EXPECTED["dates"][day]


@pytest.mark.parametrize("day", EXPECTED["dates"])
def test_the_act_behind_each_difference(day: str) -> None:
    assert {ref: _brought_by(ref, day) for ref in changed(day)} == BROUGHT_BY[day]


@pytest.mark.parametrize("day", EXPECTED["entities"])
def test_how_many_are_listed_and_how_many_of_them_suspended(day: str) -> None:
    counted = {ref: counts(measure) for ref, measure in on(day).items() if measure.entities}
    assert counted == EXPECTED["entities"][day]


def test_no_act_could_be_missing_unnoticed() -> None:
    unnoticed = [
        (identity.ref, left_out.act, left_out.action)
        for identity, acts in timeline().items()
        for left_out in acts
        if all(
            _on(day, identity, [act for act in acts if act is not left_out]) == EXPECTED["dates"][day].get(identity.ref)
            for day in EXPECTED["dates"]
        )
    ]
    assert unnoticed == [
        ("CN-2025-22", "CN-2025-22", "added"),  # it was suspended before the next of the days
        ("CN-2025-68", "CN-2025-12-26-LIST", "amended"),  # what it amends is no state
    ]


@cache
def on(day: str) -> dict[str, Measure]:
    """By ref, at the end of the day in the issuer's zone, with all that is known today."""
    found = {}
    for identity, acts in timeline().items():
        if measure := measure_at(identity, acts, end_of(date.fromisoformat(day), identity.zone)):
            found[identity.ref] = measure
    return found


def _brought_by(ref: str, day: str) -> str | None:
    identity = Identity(ref[:2], ref)
    end = end_of(date.fromisoformat(day), identity.zone)
    phase = chronicle(said_by(standing(timeline()[identity]), end, identity.zone), identity.zone).at(end)
    return phase.act.act if phase and phase.act else CLOCK


def _on(day: str, identity: Identity, acts: list[Act]) -> dict[str, object] | None:
    measure = measure_at(identity, acts, end_of(date.fromisoformat(day), identity.zone)) if acts else None
    return shown(measure) if measure else None
