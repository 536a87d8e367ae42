"""What to do depends on the instrument, and on how much time is left."""

from typing import get_args

import pytest

from services.scorer.testing import measure
from shared.contracts.events import Instrument
from shared.contracts.measures import MeasureState
from shared.domain.alerts import advice


@pytest.mark.parametrize("instrument", [i for i in get_args(Instrument) if "rule" not in i and "licence" not in i])
def test_licences_are_advised_where_one_can_be_had(instrument: Instrument) -> None:
    for state in get_args(MeasureState):
        assert "file for" not in advice.on(measure(state=state, instrument=instrument)).lower()
    assert "file for" not in advice.before_end(measure(instrument=instrument), of_suspension=True)


@pytest.mark.parametrize(
    ("instrument", "words"),
    [
        ("ban", "turn to other origins now"),
        ("export_halt", "how long it may last"),
        ("licence_requirement", "File for licences now"),
        ("quota", "what part of the quota"),
        ("tariff", "who bears the tariff"),
        ("technology_ban", "equipment, parts and services"),
        ("entity_listing", "which of your suppliers and your own companies it names"),
        ("extraterritorial_rule", "also those from third countries"),
        ("exporter_whitelist", "whether they are on the list"),
        ("watch_list", "Expect closer checks"),
    ],
)
def test_what_to_do_while_it_is_in_force(instrument: Instrument, words: str) -> None:
    assert words in advice.on(measure(instrument=instrument))


def test_before_it_takes_effect_there_is_time() -> None:
    assert "shipped and cleared before that day" in advice.on(measure(state="announced", instrument="ban"))
    assert "cleared before that day" in advice.on(measure(state="announced", instrument="tariff"))


def test_what_eases_is_used() -> None:
    assert "cleared without it" in advice.on(measure(state="suspended", instrument="tariff"))
    assert "prices brought back" in advice.on(measure(state="lifted", instrument="tariff"))
    assert "no longer rationed" in advice.on(measure(state="lapsed", instrument="quota"))
    assert "afterwards nothing may leave" in advice.before_end(measure(instrument="ban"), of_suspension=True)
    assert "do not rely on it" in advice.before_end(measure(instrument="ban"), of_suspension=False)


def test_an_unconfirmed_return_counts_as_one() -> None:
    assert "which licence" in advice.on(measure(confirmed=False))
    assert "which licence" not in advice.on(measure(confirmed=False, instrument="ban"))
