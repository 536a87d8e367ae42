"""One proposition, one signal: what is done to one thing is told once, by the type that the boundary rules give it."""

import pytest

from shared.contracts.signals import SignalType
from tests.unit.judgement.texts import judged


@pytest.mark.parametrize(
    ("title", "body", "kind"),
    [
        (
            "China bans exports of gallium to the United States",
            "China's commerce ministry banned all exports of gallium to the United States with immediate effect.",
            "control_imposed",
        ),
        ("Beijing bans gallium exports to Japan", "", "control_imposed"),
        (
            "Indonesia bans exports of nickel ore",
            "Indonesia banned the export of nickel ore from 1 January, the mining ministry said.",
            "control_imposed",
        ),
        (
            "China suspends its export ban on gallium to the United States",
            "China has suspended its ban on exports of gallium to the United States until 27 November 2026.",
            "control_suspended",
        ),
        ("China suspends export ban on antimony", "", "control_suspended"),
        (
            "Zimbabwe halts lithium ore exports",
            "Zimbabwe has suspended exports of raw lithium ore until further notice.",
            "export_halt",
        ),
        (
            "Frost in Tokyo",
            "China is delaying export licences for gallium to buyers, three people said.",
            "licence_delayed",
        ),
    ],
)
def test_one_act_is_one_signal(title: str, body: str, kind: SignalType) -> None:
    assert [signal.type for signal in judged(title, body).signals] == [kind]


def test_what_was_pushed_out_is_told_with_the_reason() -> None:
    dropped = judged("Beijing bans gallium exports to Japan").dropped
    assert {(reading.type, reading.reason) for reading in dropped} == {
        ("export_halt", "another type says the same proposition and is likelier")
    }


def test_two_acts_in_one_text_stay_two() -> None:
    title = "China suspends gallium ban, Congo halts cobalt exports"
    body = (
        "China has suspended its ban on exports of gallium to the United States, the commerce ministry said.\n"
        "DR Congo stopped all exports of cobalt on Sunday, the regulator said."
    )
    signals = judged(title, body).signals
    assert {"control_suspended", "export_halt"} <= {signal.type for signal in signals}
