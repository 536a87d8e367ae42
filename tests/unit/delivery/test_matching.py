"""Which endpoint gets which message."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from shared.contracts.base import Severity
from shared.contracts.endpoints import EndpointConfig, EndpointRecord
from shared.domain.delivery.matching import Interest

MADE = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    type: str = "alert.opened"
    customer_id: str | None = "acme"
    severity: Severity | None = "high"
    materials: tuple[str, ...] = ("terbium",)
    accepted_at: datetime = MADE + timedelta(hours=1)


def endpoint(**config: object) -> Interest:
    asked = EndpointConfig.model_validate({"customer_id": "acme", "url": "https://hooks.example/"} | config)
    return Interest.of(EndpointRecord(id="e-1", version=1, config=asked, created_at=MADE, secrets=()))


def test_by_default_a_customer_s_endpoint_gets_that_customer_s_alerts_from_warning_on() -> None:
    assert endpoint().wants(Told())
    assert endpoint().wants(Told(severity="warning"))
    assert not endpoint().wants(Told(severity="info"))
    assert not endpoint().wants(Told(customer_id="other"))


def test_an_operator_wide_endpoint_sees_every_customer_and_what_is_about_none() -> None:
    everywhere = endpoint(customer_id=None)
    assert everywhere.wants(Told())
    assert everywhere.wants(Told(customer_id="other"))
    assert everywhere.wants(Told("measure.changed", customer_id=None, severity=None))


@pytest.mark.parametrize("kind", ["measure.changed", "measure.expiring", "endpoint.disabled"])
def test_messages_to_operators_reach_no_customer_even_where_asked_for(kind: str) -> None:
    asked = endpoint(event_types=[kind])
    assert not asked.wants(Told(kind, customer_id=None))
    assert not asked.wants(Told(kind))


def test_tests_and_heartbeats_are_addressed_not_matched() -> None:
    assert not endpoint(customer_id=None).wants(Told("endpoint.test"))
    assert not endpoint(customer_id=None).wants(Told("endpoint.heartbeat"))


def test_event_types() -> None:
    asked = endpoint(event_types=["alert.resolved"])
    assert asked.wants(Told("alert.resolved"))
    assert not asked.wants(Told("alert.opened"))


@pytest.mark.parametrize(
    ("asked", "told", "wanted"),
    [
        (["terbium"], ("terbium",), True),
        (["terbium"], ("gallium",), False),
        (["rare_earths"], ("terbium",), True),  # a group covers its members
        (["terbium"], ("rare_earths",), True),  # what befalls the group befalls the member
        (["gallium"], ("rare_earths",), False),
        (["gallium", "terbium"], ("germanium", "terbium"), True),
        (["terbium"], (), True),  # it may concern any
        ([], ("gallium",), True),
        (["not_yet_known"], ("not_yet_known",), True),  # by a catalogue newer than ours
        (["not_yet_known"], ("gallium",), False),
    ],
)
def test_materials(asked: list[str], told: tuple[str, ...], wanted: bool) -> None:
    assert endpoint(materials=asked).wants(Told(materials=told)) is wanted


def test_nothing_from_before_the_endpoint_was_made() -> None:
    assert not endpoint().wants(Told(accepted_at=MADE - timedelta(microseconds=1)))
    assert endpoint().wants(Told(accepted_at=MADE))


def test_a_disabled_endpoint_wants_what_it_gets_once_it_is_enabled() -> None:
    assert endpoint(enabled=False).wants(Told())
