"""(a): a measure in scope changes state. Who hears of it, how gravely, and when it is over."""

from datetime import date

import pytest

from services.scorer.testing import Ledger, bought, listing, measure
from shared.contracts.measures import MeasureState


@pytest.mark.parametrize(
    ("state", "severity", "words"),
    [
        ("announced", "warning", "announced, in force from 2 March 2026"),
        ("in_force", "high", "in force since 2 March 2026"),
        ("suspended", "info", "suspended until 10 November 2026"),
    ],
)
def test_how_grave_a_state_is(ledger: Ledger, state: MeasureState, severity: str, words: str) -> None:
    ledger.customer("acme", bought())
    [message] = ledger.act(measure(state=state, suspended_until="2026-11-10" if state == "suspended" else None))
    assert message["severity"] == message["data"]["severity"] == severity
    assert words in message["data"]["title"]
    assert message["data"]["status"] == "open"


def test_what_is_critical_already_stays_critical_whatever_happens(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=5))
    [message] = ledger.act(measure())
    assert message["severity"] == "critical", "it runs out within 30 days, more likely than not"


def test_a_measure_lives_in_one_alert(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    announced = ledger.act(measure(state="announced"))
    in_force = ledger.after(days=1).act(measure(), previous="announced")
    suspended = ledger.after(days=1).act(measure(state="suspended"), previous="in_force")
    lifted = ledger.after(days=1).act(measure(state="lifted"), previous="suspended")
    told = [message["data"] for message in (*announced, *in_force, *suspended, *lifted)]
    assert len({data["id"] for data in told}) == 1
    assert [data["revision"] for data in told] == [1, 2, 3, 4]
    assert [data["severity"] for data in told] == ["warning", "high", "info", "high"], "its end goes to whoever heard"
    assert [data["status"] for data in told] == ["open", "open", "open", "resolved"]
    assert lifted[0]["type"] == "alert.resolved"
    assert {data["opened_at"] for data in told} == {"2026-03-02T09:00:00.000000Z"}


def test_the_end_of_a_measure_nobody_was_told_of_is_told_once_and_closed(ledger: Ledger) -> None:
    ledger.act(measure())
    ledger.customer("acme", bought())
    [message] = ledger.act(measure(state="lifted"), previous="in_force")
    assert (message["type"], message["data"]["status"], message["severity"]) == ("alert.opened", "resolved", "info")


def test_a_measure_that_comes_back_goes_on_with_its_alert(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.act(measure())
    [resolved] = ledger.after(days=1).act(measure(state="lapsed"), previous="in_force")
    [again] = ledger.after(days=1).act(measure(), previous="lapsed")
    assert again["data"]["id"] == resolved["data"]["id"]
    assert again["type"] == "alert.opened"
    assert again["data"]["revision"] == 3
    assert again["data"]["opened_at"] == "2026-03-04T09:00:00.000000Z"


def test_a_suspension_that_expired_unconfirmed_counts_as_in_force_and_says_so(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.act(measure())
    in_force = ledger.risk("acme", "terbium")["score"]
    ledger.act(measure(state="suspended"), previous="in_force")
    assert ledger.risk("acme", "terbium")["score"] < in_force
    [message] = ledger.after(hours=1).act(measure(confirmed=False), previous="suspended")
    assert "unconfirmed" in message["data"]["summary"]
    assert message["severity"] == "high"
    assert message["data"]["score"] == in_force


def test_only_who_is_in_scope_hears_of_it(ledger: Ledger) -> None:
    ledger.customer("exposed", bought())
    ledger.customer("elsewhere", bought(origins={"AU": 1.0}))
    ledger.customer("other", bought("copper"))
    ledger.customer("us", bought(), destination="US")
    ledger.customer("soldier", bought(), end_use="defence")
    told = ledger.act(measure(targets=["DE"]))
    assert {message["customer_id"] for message in told} == {"exposed", "soldier"}
    told = ledger.act(measure("CN-2", end_uses=["defence"]))
    assert {message["customer_id"] for message in told} == {"soldier"}


def test_a_group_reaches_its_members_and_not_the_reverse(ledger: Ledger) -> None:
    ledger.customer("terbium", bought())
    ledger.customer("group", bought("rare_earths"))
    assert {m["customer_id"] for m in ledger.act(measure(materials=["rare_earths"]))} == {"terbium", "group"}
    assert {m["customer_id"] for m in ledger.act(measure("CN-2"))} == {"terbium"}


def test_a_union_of_states_is_meant_with_all_its_members(ledger: Ledger) -> None:
    ledger.customer("german", bought(), destination="DE")
    ledger.customer("swiss", bought(), destination="CH")
    assert {m["customer_id"] for m in ledger.act(measure(targets=["EU"]))} == {"german"}


def test_an_alert_about_several_materials_shows_the_worst(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=200), bought("dysprosium", cover=10), bought("copper"))
    [message] = ledger.act(measure(materials=["terbium", "dysprosium"]))
    assert message["data"]["material"] == "dysprosium"
    assert message["materials"] == ["dysprosium", "terbium"]
    assert "It also touches 1 more of your materials." in message["data"]["summary"]


def test_unknown_origins_are_taken_from_the_world_and_said_to_be(ledger: Ledger) -> None:
    ledger.customer("acme", bought(origins={"AU": 0.3}))
    [message] = ledger.act(measure())
    assert "69% of your terbium comes from China (partly assumed from world production)" in message["data"]["summary"]
    assert ledger.risk("acme", "terbium")["inputs"]["known_origins"]["value"] == 0.3


def test_steps_before_an_end_are_warnings_and_grave_from_a_week(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=365))
    paused = measure(state="suspended", suspended_until="2026-05-31")
    ledger.act(paused)
    severities = []
    for days in (60, 30, 14, 7, 1, 0):
        [message] = ledger.after(days=1).step(paused, days, date(2026, 5, 31))
        assert message["data"]["kind"] == "expiry"
        assert "31 May 2026" in message["data"]["summary"]
        severities.append(message["severity"])
    assert severities == ["warning", "warning", "warning", "high", "high", "high"]
    assert "ends today" in message["data"]["title"]


def test_a_listing_touches_who_buys_from_the_listed(ledger: Ledger) -> None:
    ledger.customer("acme", bought(origins={"US": 1.0}, suppliers=["Kratos Inc.", "Other"]))
    ledger.customer("beta", bought(origins={"US": 1.0}, suppliers=["Other"]))
    before = ledger.risk("acme", "terbium")["score"]
    [message] = ledger.act(listing("CN-21", ("KRATOS INC", "listed")))
    assert message["customer_id"] == "acme"
    assert message["data"]["score"] > before
    assert any(driver["kind"] == "listing" for driver in message["data"]["drivers"])
    ledger.act(listing("CN-21", ("KRATOS INC", "suspended"), state="suspended"), previous="in_force")
    assert ledger.risk("acme", "terbium")["score"] == before


def test_a_customer_that_is_listed_itself_is_cut_off_from_who_listed_it(ledger: Ledger) -> None:
    ledger.customer("acme", bought(origins={"CN": 0.5, "AU": 0.5}), name="Kratos Defense, Inc.")
    [message] = ledger.act(listing("CN-21", ("Kratos Defense", "listed")))
    assert message["customer_id"] == "acme"
    assert ledger.risk("acme", "terbium")["lead_time_days"]["p50"] > 300


def test_a_listing_says_which_supplier_it_names(ledger: Ledger) -> None:
    ledger.customer("buyer", bought(suppliers=["Kratos Inc.", "Other"]))
    [message] = ledger.act(listing("CN-22", ("KRATOS INC", "listed"), ("Nobody Ltd", "listed")))
    assert "It names your supplier KRATOS INC. For you" in message["data"]["summary"]
    [reminder] = ledger.after(days=1).tick()
    assert reminder["type"] == "alert.reminder"
    assert "It names your supplier KRATOS INC." in reminder["data"]["summary"]


def test_a_customer_that_is_listed_itself_is_not_named(ledger: Ledger) -> None:
    ledger.customer("buyer", bought(), name="Kratos Defense")
    [message] = ledger.act(listing("CN-22", ("Kratos Defense", "listed")))
    assert "It names" not in message["data"]["summary"]


def test_where_supply_may_never_come_no_gap_is_foretold(ledger: Ledger) -> None:
    """Half of such cases never have their material: the end of the curve is no prediction."""
    ledger.customer("buyer", bought(), end_use="defence")
    [message] = ledger.act(measure(instrument="ban"))
    assert "gap_days" not in message["data"]["headline"]
    assert "gap_days" not in ledger.risk("buyer", "terbium")["stockout"]
    assert "more likely than not takes more than 3 years" in message["data"]["summary"]
