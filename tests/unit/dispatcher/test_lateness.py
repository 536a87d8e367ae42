"""What is late by us and what by a receiver: only the first is counted as ours."""

from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY

from services.dispatcher.health import EndpointHealth
from services.dispatcher.letters import Delivery
from services.dispatcher.metrics import show_health, starts
from services.dispatcher.receivers import Receiver
from tests.unit.dispatcher.making import MOMENT, delivery, receiver

MINUTE = timedelta(minutes=1)


def counted(sent: Delivery, to: Receiver, health: EndpointHealth) -> bool:
    def count() -> float:
        return REGISTRY.get_sample_value("chokepoint_first_attempt_seconds_count") or 0

    before = count()
    starts(sent, to, health)
    return count() > before


def test_the_first_attempt_at_a_receiver_that_is_well_is_ours() -> None:
    health = EndpointHealth()
    health.failed("e-1", MOMENT - 2 * MINUTE)
    health.succeeded("e-1")
    assert counted(delivery(), receiver(), health)


def test_a_receiver_that_fails_or_failed_while_the_message_waited_made_it_wait_itself() -> None:
    health = EndpointHealth()
    health.failed("e-1", MOMENT + MINUTE)
    assert not counted(delivery(), receiver(), health)
    health.succeeded("e-1")
    assert not counted(delivery(), receiver(), health)


def test_so_did_one_that_was_disabled_meanwhile() -> None:
    health = EndpointHealth()
    health.held("e-1", MOMENT + MINUTE)
    assert not counted(delivery(), receiver(), health)


def test_so_does_one_that_asked_for_a_pace() -> None:
    assert not counted(delivery(), receiver(rate_limit_per_s=1.0), EndpointHealth())


def test_a_line_a_retry_a_replay_and_a_command_say_nothing_of_us() -> None:
    lined, again, replayed, asked = delivery(), delivery(), delivery(), delivery()
    lined.in_line, again.attempts, replayed.replay = True, 1, True
    object.__setattr__(asked.letter, "number", None)
    assert not any(counted(each, receiver(), EndpointHealth()) for each in (lined, again, replayed, asked))


def test_how_many_fail_and_for_how_long_is_seen_when_somebody_looks() -> None:
    health = EndpointHealth()
    show_health(health, lambda endpoint_id: endpoint_id != "another copy's")
    assert REGISTRY.get_sample_value("chokepoint_endpoint_failing_seconds") == 0
    health.failed("e-1", datetime.now(UTC) - MINUTE)
    health.failed("e-2", datetime.now(UTC))
    health.failed("another copy's", datetime.now(UTC) - 2 * MINUTE)
    assert REGISTRY.get_sample_value("chokepoint_endpoints_failing") == 2
    assert REGISTRY.get_sample_value("chokepoint_endpoint_failing_seconds") == pytest.approx(60, abs=5)
    health.succeeded("e-1")
    assert REGISTRY.get_sample_value("chokepoint_endpoints_failing") == 1
