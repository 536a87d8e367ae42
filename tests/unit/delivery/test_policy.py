"""What an answer means for a delivery and its endpoint."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.delivery.policy import Answer, Verdict, verdict_on
from shared.domain.delivery.schedule import ATTEMPTS, DELAYS, JITTER, LONGEST, delay_after

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def verdict(
    answer: Answer,
    attempt: int = 1,
    failing_for: timedelta | None = None,
    delivery_id: str = "d-1",
    in_all: int | None = None,
) -> Verdict:
    return verdict_on(
        answer,
        delivery_id=delivery_id,
        attempt=attempt,
        in_all=attempt if in_all is None else in_all,
        failing_since=None if failing_for is None else NOW - failing_for,
        now=NOW,
    )


def wait_of(found: Verdict) -> timedelta:
    assert found.retry_at is not None
    return found.retry_at - NOW


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_only_2xx_is_success(status: int) -> None:
    assert verdict(Answer(status)) == Verdict("delivered")


@pytest.mark.parametrize(
    "status", [100, 199, 300, 301, 302, 307, 308, 400, 401, 403, 404, 409, 429, 500, 502, 503, 599]
)
def test_every_other_status_is_tried_again(status: int) -> None:
    found = verdict(Answer(status))
    assert (found.state, found.disable) == ("due", None)
    assert timedelta(seconds=4.5) <= wait_of(found) <= timedelta(seconds=5.5)


def test_no_answer_is_tried_again_with_fewer_at_a_time() -> None:
    found = verdict(Answer(None, "connection refused"))
    assert (found.state, found.overloaded) == ("due", True)


def test_a_receiver_that_answers_but_refuses_is_not_taken_for_overloaded() -> None:
    assert not verdict(Answer(400)).overloaded
    assert not verdict(Answer(302)).overloaded
    assert verdict(Answer(502)).overloaded


def test_ten_attempts_in_a_little_over_three_days_then_dead() -> None:
    waits = [wait_of(verdict(Answer(500), attempt)) for attempt in range(1, ATTEMPTS)]
    assert len(waits) == 9
    for wait, planned in zip(waits, DELAYS[1:], strict=True):
        assert planned * (1 - JITTER) <= wait <= planned * (1 + JITTER)
    assert verdict(Answer(500), ATTEMPTS).state == "dead"
    assert verdict(Answer(500), ATTEMPTS).retry_at is None


def test_what_failed_together_does_not_come_back_together() -> None:
    waits = {delay_after(2, f"delivery-{number}") for number in range(1_000)}
    assert len(waits) > 990
    assert delay_after(2, "delivery-1") == delay_after(2, "delivery-1")


def test_410_disables_at_once_and_ends_the_delivery() -> None:
    found = verdict(Answer(410))
    assert found.state == "dead"
    assert found.disable == "the receiver answered 410 Gone"


def test_five_days_of_unbroken_failure_disable_the_endpoint_and_say_why() -> None:
    assert verdict(Answer(500), failing_for=timedelta(days=4, hours=23)).disable is None
    found = verdict(Answer(None, "connection refused"), failing_for=timedelta(days=5))
    assert found.state == "due"
    assert found.disable == "every attempt has failed for 5 days; the last: connection refused"


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), (" 120 ", 120), ("Sun, 01 Mar 2026 12:02:00 GMT", 120), ("Sunday, 01-Mar-26 12:02:00 GMT", 120)],
)
def test_retry_after_is_honoured_and_rests_the_whole_endpoint(status: int, header: str, seconds: int) -> None:
    found = verdict(Answer(status, retry_after=header))
    assert wait_of(found) == timedelta(seconds=seconds)
    assert found.rest_until == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("attempt", [1, 2, 3])
def test_retry_after_never_shortens_the_first_half_hour_of_the_schedule(attempt: int) -> None:
    """Ten attempts a second apart would declare a busy receiver dead in ten seconds."""
    found = verdict(Answer(429, retry_after="1"), attempt)
    assert wait_of(found) >= DELAYS[attempt] * (1 - JITTER)
    assert (found.rest_until, found.beside) == (NOW + timedelta(seconds=1), False)


@pytest.mark.parametrize("attempt", range(4, ATTEMPTS))
@pytest.mark.parametrize(("asked", "at_least"), [("1", timedelta(minutes=27)), ("4200", timedelta(minutes=70))])
def test_a_message_is_not_kept_for_hours_after_the_time_that_its_receiver_named(
    attempt: int, asked: str, at_least: timedelta
) -> None:
    found = verdict(Answer(503, retry_after=asked), attempt)
    assert at_least <= wait_of(found) <= max(at_least, timedelta(minutes=33))
    assert found.beside, "or ten such attempts would be over in five hours"


def test_a_time_later_than_the_schedule_s_own_takes_its_place() -> None:
    found = verdict(Answer(429, retry_after="14400"), attempt=4)
    assert (wait_of(found), found.beside) == (timedelta(hours=4), False)


def test_a_receiver_that_names_a_time_for_ever_holds_the_schedule_back_for_three_days_at_most() -> None:
    answer = Answer(429, retry_after="1")
    in_all, attempt, waited = 1, 1, timedelta(0)
    while (found := verdict(answer, attempt, in_all=in_all)).state == "due":
        in_all, attempt, waited = in_all + 1, attempt + (not found.beside), waited + wait_of(found)
    assert in_all < 160
    assert timedelta(days=6) < waited < timedelta(days=7)


@pytest.mark.parametrize("header", ["999999999", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_retry_after_holds_up_to_the_longest_step_of_the_schedule(header: str) -> None:
    assert wait_of(verdict(Answer(503, retry_after=header))) == LONGEST


@pytest.mark.parametrize("header", ["", "soon", "-5", "1.5", "٣", "Sun, 99 Mar 2026 12:02:00 GMT", "Mon,"])
def test_a_retry_after_that_nobody_can_read_is_as_if_it_were_not_there(header: str) -> None:
    assert verdict(Answer(429, retry_after=header)) == verdict(Answer(429))


def test_retry_after_means_nothing_on_other_statuses() -> None:
    assert verdict(Answer(500, retry_after="3600")).rest_until is None


def test_a_date_that_has_passed_asks_for_no_rest() -> None:
    assert verdict(Answer(503, retry_after="Sat, 28 Feb 2026 12:00:00 GMT")).rest_until == NOW


@given(
    status=st.none() | st.integers(),
    retry_after=st.none() | st.text(),
    attempt=st.integers(),
    failing_for=st.none() | st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=10_000)),
    delivery_id=st.text(),
    in_all=st.integers(),
)
def test_there_is_a_verdict_on_everything(
    status: int | None,
    retry_after: str | None,
    attempt: int,
    failing_for: timedelta | None,
    delivery_id: str,
    in_all: int,
) -> None:
    found = verdict(Answer(status, retry_after=retry_after), attempt, failing_for, delivery_id, in_all)
    assert (found.state == "due") == (found.retry_at is not None)
    if found.retry_at is not None:
        assert timedelta(0) < found.retry_at - NOW <= LONGEST * (1 + JITTER)
    if attempt >= ATTEMPTS:
        assert found.state != "due"
