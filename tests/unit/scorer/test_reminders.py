"""Unacknowledged high and critical alerts are reminded of every 24 hours."""

from datetime import date, timedelta

from services.scorer.testing import Ledger, bought, listing, measure, signal


def test_once_a_day_until_it_is_acknowledged(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    [opened] = ledger.act(measure())
    assert ledger.after(hours=23).tick() == []
    [first] = ledger.after(hours=1).tick()
    assert (first["type"], first["severity"]) == ("alert.reminder", "high")
    assert first["data"]["id"] == opened["data"]["id"]
    assert (first["data"]["revision"], first["sequence"]) == (2, 2)
    [second] = ledger.after(hours=24).tick()
    assert ledger.acknowledge(second) == []
    assert ledger.after(days=3).tick() == []


def test_a_warning_is_not_reminded_of(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.act(measure(state="announced"))
    assert ledger.after(days=3).tick() == []


def test_once_for_any_number_of_days_jumped_over(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.act(measure())
    assert len(ledger.after(days=200).tick()) == 1


def test_also_where_each_midnight_of_the_jump_has_its_tick(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.act(measure())
    end = ledger.now + timedelta(days=5)
    for _ in range(4):
        assert ledger.after(days=1).tick(catching_up_to=end) == []
    assert [message["type"] for message in ledger.after(days=1).tick(catching_up_to=end)] == ["alert.reminder"]


def test_and_where_the_replay_clock_steps_over_days(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.act(measure())
    end = ledger.now + timedelta(days=3)
    assert ledger.after(days=1).tick(step_to=end) == []
    assert ledger.after(days=1).tick(step_to=end) == []
    assert len(ledger.after(days=1).tick(step_to=end)) == 1


def test_news_of_the_alert_takes_the_place_of_its_reminder(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.act(measure())
    [message] = ledger.after(days=2).act(measure(state="suspended"), previous="in_force")
    assert message["type"] == "alert.updated"
    assert ledger.after(days=2).tick() == [], "and what is only information is not reminded of"


def test_what_a_profile_leaves_behind_is_over_and_no_more_reminded_of(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400), bought("copper"))
    [opened] = ledger.act(measure())
    [left] = ledger.customer("acme", bought("copper"))
    assert (left["type"], left["data"]["id"]) == ("alert.resolved", opened["data"]["id"])
    assert left["data"]["title"].endswith(": no longer about what you buy")
    assert "Your profile changed, and this is no longer about what you buy" in left["data"]["summary"]
    assert ledger.after(days=3).tick() == []


def test_nor_of_what_no_longer_meets_another_destination(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400), destination="US")
    ledger.act(measure(targets=["US"]))
    assert ledger.customer("acme", bought(cover=399), destination="US") == [], "it still does"
    [left] = ledger.customer("acme", bought(cover=400), destination="DE")
    assert (left["type"], left["data"]["kind"], left["data"]["status"]) == ("alert.resolved", "measure", "resolved")
    assert ledger.after(days=3).tick() == []


def test_nor_of_news_on_it_and_its_own_licences(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=10), bought("copper"))
    ledger.news(signal(type="export_halt"))
    ledger.decision("acme", "L-1", "denied")
    ledger.decision("acme", "L-2", "denied", material="gallium")
    left = ledger.customer("acme", bought("copper"))
    assert sorted(message["data"]["kind"] for message in left) == ["licence", "signal"]
    assert {message["type"] for message in left} == {"alert.resolved"}
    [reminder] = ledger.after(days=1).tick()
    assert reminder["data"]["title"].startswith("Export licence L-2"), "it never was about the profile"


def test_nor_of_a_list_from_which_nobody_is_bought_any_more(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400, suppliers=["Acme Metals"]))
    ledger.act(listing("list", ("Acme Metals", "listed")))
    [left] = ledger.customer("acme", bought(cover=400, suppliers=["Other Metals"]))
    assert left["type"] == "alert.resolved"
    assert ledger.after(days=3).tick() == []


def test_a_graver_word_opens_what_was_acknowledged_anew(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    [announced] = ledger.act(measure(state="announced"))
    ledger.acknowledge(announced)
    [in_force] = ledger.after(hours=1).act(measure(), previous="announced")
    assert in_force["data"]["status"] == "open"
    ledger.acknowledge(in_force)
    [suspended] = ledger.after(hours=1).act(measure(state="suspended"), previous="in_force")
    assert suspended["data"]["status"] == "acknowledged"


def test_a_reminder_is_as_grave_as_what_it_says(ledger: Ledger) -> None:
    """Stock ran down since: the chance to run out makes it critical, with no other message in between."""
    ledger.customer("acme", bought(cover=400))
    ledger.stock("acme", 62)
    [opened] = ledger.act(measure())
    assert opened["severity"] == "high"
    told = [message for _ in range(45) for message in ledger.after(days=1).tick()]
    reminders = [message for message in told if message["type"] == "alert.reminder"]
    grave = [m for m in reminders if m["data"]["kind"] == "measure" and m["data"]["headline"]["probability"] > 0.5]
    calm = [m for m in reminders if m["data"]["kind"] == "measure" and m["data"]["headline"]["probability"] <= 0.5]
    assert {message["severity"] for message in grave} == {"critical"}
    assert {message["severity"] for message in calm} == {"high"}


def test_a_step_of_the_ladder_is_no_less_grave_than_the_measure(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    ending = measure(until="2026-05-31")
    ledger.act(ending)
    [step] = ledger.after(hours=1).step(ending, 60, ending.until or date.max)
    assert (step["data"]["kind"], step["severity"]) == ("expiry", "high"), "it is in force"
    assert [message["severity"] for message in ledger.after(days=1).tick()] == ["high"], "and is still reminded of"


def test_a_reminder_of_an_end_counts_the_days_that_are_left(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    paused = measure(state="suspended", suspended_until="2026-03-09")
    ledger.act(paused)
    ledger.step(paused, 7, paused.suspended_until or date.max)
    [reminder] = ledger.after(days=2).tick()
    assert (reminder["type"], reminder["data"]["kind"]) == ("alert.reminder", "expiry")
    assert reminder["data"]["title"] == "China: suspension of the export licence requirement on terbium ends in 5 days"
