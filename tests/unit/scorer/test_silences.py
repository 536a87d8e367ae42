"""A silenced message is not made and takes no number; what is still open when the silence ends is told once."""

from services.scorer.testing import MONDAY, Ledger, bought, measure
from shared.contracts.customers import Silence


def test_silence_holds_back_and_tells_once_at_its_end(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.silence("s", "acme", hours=48)
    assert ledger.act(measure(state="announced")) == []
    assert ledger.after(hours=1).act(measure(), previous="announced") == []
    assert ledger.after(hours=46).tick() == [], "no reminder either"
    [told] = ledger.after(hours=1).tick()
    assert (told["type"], told["sequence"], told["data"]["revision"]) == ("alert.opened", 1, 1)
    assert "in force" in told["data"]["title"]
    assert ledger.after(hours=1).tick() == []
    assert len(ledger.after(hours=23).tick()) == 1, "from then on it is reminded of"


def test_what_is_over_when_the_silence_ends_is_not_told(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.silence("s", "acme", hours=48)
    ledger.act(measure())
    ledger.after(hours=1).act(measure(state="lifted"), previous="in_force")
    assert ledger.after(hours=60).tick() == []


def test_matchers_choose_what_is_held_back(ledger: Ledger) -> None:
    ledger.customer("acme", bought(), bought("gallium"))
    ledger.silence("s", "acme", hours=48, material="terbium")
    assert ledger.act(measure()) == []
    assert len(ledger.act(measure("CN-2", materials=["gallium"]))) == 1
    ledger.silence("t", "acme", hours=48, measure="CN-3")
    assert ledger.act(measure("CN-3", materials=["gallium"])) == []
    ledger.silence("u", "acme", hours=48, colour="red")
    assert len(ledger.act(measure("CN-4", materials=["gallium"]))) == 1, "no alert has a colour"


def test_a_silence_of_nobody_in_particular_holds_everyones(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.customer("beta", bought())
    ledger.silence("s", None, hours=1, severity="high")
    assert ledger.act(measure()) == []
    assert len(ledger.after(hours=2).tick()) == 2


def test_another_customers_silence_holds_nothing(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.silence("s", "beta", hours=48)
    assert len(ledger.act(measure())) == 1


def test_a_silence_that_is_taken_back_ends(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.silence("s", "acme", hours=48)
    ledger.act(measure())
    gone = Silence(id="s", customer_id="acme", matchers={}, starts_at=ledger.now, until=ledger.now, deleted=True)
    assert len(ledger.write("silence/s/2", "silence", gone)) == 1
    assert ledger.after(hours=60).tick()[0]["type"] == "alert.reminder"


def test_two_silences_hold_until_the_later_ends(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.silence("short", "acme", hours=1)
    ledger.silence("long", "acme", hours=3)
    ledger.act(measure())
    assert ledger.after(hours=2).tick() == []
    assert len(ledger.after(hours=2).tick()) == 1


def test_a_band_that_moved_in_silence_is_told_as_that(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=200))
    ledger.act(measure("CN-9", instrument="ban"))
    ledger.silence("s", "acme", hours=2, kind="score")
    assert ledger.stock("acme", 3) == []
    [told] = [m for m in ledger.after(hours=3).tick() if m["type"] != "alert.reminder"]
    assert told["data"]["kind"] == "score"
    assert told["data"]["title"] == f"Supply risk of terbium rises to {ledger.risk('acme', 'terbium')['band']}"
    assert "Your stock report: 3 kg on hand" in told["data"]["summary"]


def test_an_end_that_came_near_in_silence_is_told_with_the_days_that_are_left(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    ending = measure(until="2026-03-16")
    ledger.act(ending)
    ledger.silence("s", "acme", hours=48)
    assert ledger.after(hours=1).step(ending, 14, ending.until or MONDAY.date()) == []
    [told] = ledger.after(hours=47).tick()
    assert (told["data"]["kind"], told["severity"]) == ("expiry", "high")
    assert told["data"]["title"] == "China: export licence requirement on terbium ends in 12 days"
    assert "Plan for" in told["data"]["summary"]
