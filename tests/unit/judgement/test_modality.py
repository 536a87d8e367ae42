"""What the text does with what it speaks of: says it, denies it, supposes it, announces it."""

import pytest

from shared.contracts.signals import Asserted, Direction, SignalType
from tests.unit.judgement.texts import read


@pytest.mark.parametrize(
    ("title", "body", "kind", "asserted", "direction"),
    [
        (
            "Ministry denies halting rare earth exports to Japan",
            "Reports that China stopped rare earth shipments to Japan are false, a spokesman said.",
            "export_halt",
            "denied",
            "neutral",
        ),
        (
            "Indonesia will not lift nickel ore export ban, minister says",
            "There is no plan to lift the ban on exports of nickel ore, the minister told reporters.",
            "control_lifted",
            "denied",
            "tightening",
        ),
        (
            "No licence has been granted for gallium, says German chamber",
            "Not one application for gallium has been approved, contrary to reports.",
            "licence_granted",
            "denied",
            "tightening",
        ),
        (
            "China may ban antimony exports, sources say",
            "Beijing is considering a ban on exports of antimony, two people familiar with the matter said.",
            "control_imposed",
            "speculated",
            "neutral",
        ),
        (
            "US to impose 50% tariff on copper imports from 1 August",
            "President Trump said a 50 per cent duty on copper will take effect on 1 August.",
            "tariff_change",
            "expected",
            "tightening",
        ),
        (
            "Glencore to restart cobalt plant in March",
            "The company plans to resume production of cobalt hydroxide in March.",
            "capacity_addition",
            "expected",
            "easing",
        ),
    ],
)
def test_denied_supposed_and_planned(
    title: str, body: str, kind: SignalType, asserted: Asserted, direction: Direction
) -> None:
    signal = read(title, body)
    assert (signal.type, signal.asserted, signal.direction) == (kind, asserted, direction)


def test_a_licence_denied_is_no_denial() -> None:
    """The verb means two things; the claim that it stands with tells which."""
    refused = read(
        "Japanese buyer denied gallium licence", "China's ministry denied the application for 3 tonnes of gallium."
    )
    assert (refused.type, refused.asserted) == ("licence_denied", "asserted")
