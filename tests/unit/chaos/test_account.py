"""What is lost, told twice or missing is seen, and nothing else is."""

from dataclasses import replace

import pytest

from tests.chaos.account import Message, account
from tests.chaos.load import Posted

ACT = Posted("ACT", "e1", ("acme", "beta"))
DECISION = Posted("DECISION", "e2", ("acme",))
NEWS = Posted("NEWS", "e3", ())
ACCEPTED = (ACT, DECISION, NEWS)
CAME = (
    Message("w1", "acme", 1, "ACT"),
    Message("w2", "beta", 1, "ACT"),
    Message("w3", "acme", 2, "DECISION"),
    Message("w4", "acme", 3, None),
)


def test_each_event_told_to_everybody_whom_it_concerns_and_news_read() -> None:
    found = account(ACCEPTED, CAME, read={"e3"})
    assert found.balanced
    assert (found.accepted, found.outcomes) == (3, 3)


@pytest.mark.parametrize("missing", CAME[:3])
def test_a_message_that_did_not_come_is_a_lost_event(missing: Message) -> None:
    found = account(ACCEPTED, [message for message in CAME if message != missing], read={"e3"})
    assert found.lost == (missing.ref,)
    assert not found.balanced


def test_news_that_nobody_read_is_lost() -> None:
    assert account(ACCEPTED, CAME, read=()).lost == ("NEWS",)


def test_an_event_told_under_two_ids() -> None:
    found = account(ACCEPTED, [*CAME, Message("w5", "acme", 4, "DECISION")], read={"e3"})
    assert found.twice == ("acme DECISION",)
    assert not found.balanced


def test_two_messages_under_one_number() -> None:
    found = account(ACCEPTED, [*CAME, replace(CAME[3], webhook_id="w5")], read={"e3"})
    assert found.twice == ("acme number 3",)


def test_a_number_that_never_came_is_a_gap() -> None:
    found = account(ACCEPTED, [*CAME, Message("w5", "beta", 3, None)], read={"e3"})
    assert found.gaps == ("beta number 2",)
    assert not found.balanced


def test_the_same_id_again_is_counted_and_no_fault() -> None:
    found = account(ACCEPTED, [*CAME, CAME[0]], read={"e3"})
    assert found.again == 1
    assert account([DECISION], [*CAME, CAME[0]], read=()).again == 0, "of another time"
    assert found.balanced
