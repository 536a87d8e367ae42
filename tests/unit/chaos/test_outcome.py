"""A drill holds where its alert fires in time and resolves, and nothing is lost; the table says what did not hold."""

from dataclasses import replace

import pytest
from rich.console import Console

from tests.chaos.account import Account
from tests.chaos.outcome import Outcome, others
from tests.chaos.report import page_of, table_of

HELD = Outcome(
    name="pause",
    cause="two stand still",
    lasted_s=80,
    fired={"ServiceDown scorer": 70.0, "ServiceDown registry": 74.0},
    also=("NoRegistry",),
    recovered_s=4,
    resolved={"ServiceDown scorer": 15.0, "ServiceDown registry": 16.0},
    account=Account(accepted=300, outcomes=300),
    told={"ServiceDown scorer": ("pager", 90.0), "ServiceDown registry": None},
)
FAULTS = {
    "ServiceDown scorer did not fire": {"fired": {"ServiceDown scorer": None}},
    "ServiceDown scorer fired late": {"fired": {"ServiceDown scorer": 121.0}},
    "ServiceDown scorer did not resolve": {"resolved": {"ServiceDown scorer": None}},
    "nobody was told": {"told": {"ServiceDown scorer": None, "ServiceDown registry": None}},
    "did not recover": {"recovered_s": None},
    "accepted events and outcomes differ": {"account": Account(accepted=300, outcomes=299, lost=("X",))},
    "1 webhooks did not verify": {"complaints": ("1 webhooks did not verify",)},
}


def test_it_holds() -> None:
    assert HELD.held


@pytest.mark.parametrize("fault", FAULTS)
def test_it_does_not_hold(fault: str) -> None:
    outcome = replace(HELD, **FAULTS[fault])  # type: ignore[arg-type]
    assert outcome.faults == [fault]
    assert not outcome.held


def test_what_else_fired_is_named_by_what_it_is_about() -> None:
    fired = ("NoRegistry", "NotReady", "NotReady control", "NotReady ingest")
    assert others(fired, named=["NotReady ingest"]) == ("NoRegistry", "NotReady control")
    assert others(fired, named=["NotReady"]) == ("NoRegistry",)


def test_the_page_has_a_row_a_drill() -> None:
    page = page_of([HELD, replace(HELD, name="broker", recovered_s=None)], seed=7)
    held, not_held = (line for line in page.splitlines() if "two stand still" in line)
    assert "seed 7" in page
    assert {line.count(" | ") for line in page.splitlines() if line.startswith("| ")} == {9}
    assert "| ServiceDown (registry, scorer): 74 s<br>also: NoRegistry |" in held
    assert "| pager: 90 s | 4 s | ServiceDown (registry, scorer): 16 s | 300 / 300 | nothing | 0 | yes |" in held
    assert "| never |" in not_held
    assert "| no: did not recover |" in not_held


def test_the_screen_shows_the_same() -> None:
    console = Console(width=200, record=True)
    with console.capture() as shown:
        console.print(table_of([HELD]))
    assert "ServiceDown (registry, scorer): 74 s" in shown.get()
