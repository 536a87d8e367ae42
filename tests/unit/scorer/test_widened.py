"""A measure that comes to be about more is, for who comes under it, a change of state from nothing."""

from datetime import date

from services.scorer.testing import Json, Ledger, bought, listing, measure
from shared.contracts.measures import Widening

BISMUTH = measure(instrument="ban", materials=["bismuth"], title="Ban on bismuth")
ALLOYS = Widening(act="CN-1x", title="Terbium too", on=date(2026, 3, 3))
BOTH = BISMUTH.model_copy(update={"materials": ("bismuth", "terbium"), "widened": (ALLOYS,)})


def widen(ledger: Ledger, **words: object) -> list[Json]:
    return ledger.after(days=1).change(measures=[BOTH.model_copy(update=words)])


def test_who_comes_under_it_is_told_with_the_words_and_the_day_of_the_act_that_did_it(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400, origins={"CN": 0.3, "AU": 0.7}, substitutability=0.9))
    assert ledger.act(BISMUTH) == []
    [message] = widen(ledger)
    assert (message["type"], message["severity"], message["data"]["kind"]) == ("alert.opened", "high", "measure")
    assert message["data"]["title"] == "China: export ban on bismuth and terbium widened from 3 March 2026, in force"
    assert "Terbium too (CN-1, CN-1x)" in message["data"]["summary"]
    [reminder] = ledger.after(days=1).tick()
    assert reminder["data"]["title"] == message["data"]["title"], "not since a day on which it was about others"


def test_who_was_under_it_already_is_told_only_of_what_else_it_is_about_now(ledger: Ledger) -> None:
    ledger.customer("old", bought("bismuth", cover=400))
    ledger.customer("both", bought("bismuth", cover=400), bought(cover=400))
    assert len(ledger.act(BISMUTH)) == 2
    told = [message for message in widen(ledger) if message["type"] != "alert.reminder"]
    assert [(message["customer_id"], message["data"]["material"]) for message in told] == [("both", "terbium")]
    again = ledger.after(hours=1).change(measures=[BOTH.model_copy(update={"belief": 0.5})])
    assert [message for message in again if message["type"] != "alert.reminder"] == []


def test_it_may_come_to_be_about_more_destinations_and_end_uses(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400), destination="US", end_use="civil")
    narrow = measure(targets=["DE"], end_uses=["civil", "defence"])
    assert ledger.act(narrow) == []
    assert len(ledger.change(measures=[narrow.model_copy(update={"targets": ("DE", "US")})])) == 1
    soldiers = measure("CN-2", end_uses=["defence"])
    assert ledger.act(soldiers) == []
    assert len(ledger.change(measures=[soldiers.model_copy(update={"end_uses": ("defence", "civil")})])) == 1


def test_a_list_that_grows_is_told_to_who_buys_from_the_newly_listed(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400, suppliers=["Kratos"]))
    ledger.customer("beta", bought(cover=400, suppliers=["Other"]))
    assert [m["customer_id"] for m in ledger.act(listing("CN-21", ("Other", "listed")))] == ["beta"]
    grown = listing("CN-21", ("Other", "listed"), ("Kratos", "listed"))
    [message] = ledger.after(hours=1).change(measures=[grown])
    assert message["customer_id"] == "acme"
    assert "It names your supplier Kratos." in message["data"]["summary"]
    gone = listing("CN-21", ("Other", "listed"), ("Kratos", "removed"))
    ledger.after(hours=1).change(measures=[gone])
    back = [m["customer_id"] for m in ledger.after(hours=1).change(measures=[grown])]
    assert back == ["acme"], "put on it again"


def test_what_is_over_and_what_moves_is_told_as_that(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    ledger.act(BISMUTH)
    assert widen(ledger, state="lifted") == []
    [message] = ledger.after(days=1).act(BOTH, previous="lifted")
    assert message["data"]["title"].endswith("in force since 2 March 2026")


def test_who_it_is_no_longer_about_is_told_that_it_is_over_for_him(ledger: Ledger) -> None:
    ledger.customer("old", bought("bismuth", cover=400))
    ledger.customer("acme", bought(cover=400))
    ledger.act(BOTH)
    told = ledger.after(hours=1).change(measures=[BISMUTH])
    [message] = told
    assert (message["customer_id"], message["type"]) == ("acme", "alert.resolved")
    assert message["data"]["title"] == "China: export ban no longer about what you buy"
    assert [m["customer_id"] for m in ledger.after(days=2).tick()] == ["old"], "nor is he reminded of it"


def test_who_buys_from_a_company_that_leaves_a_list_is_told(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400, suppliers=["Kratos"]))
    ledger.act(listing("CN-21", ("Other", "listed"), ("Kratos", "listed")))
    paused = listing("CN-21", ("Other", "listed"), ("Kratos", "suspended"))
    assert ledger.after(hours=1).change(measures=[paused]) == [], "suspended is not lifted"
    gone = listing("CN-21", ("Other", "listed"), ("Kratos", "removed"))
    [message] = ledger.after(hours=1).change(measures=[gone])
    assert message["type"] == "alert.resolved"
