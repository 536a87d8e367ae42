"""Endpoints as the sender sees them: found by who a message is about, enabled or not, with no header that is ours."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from services.dispatcher.receivers import EndpointUnreadable, Receiver, Receivers, read_receiver
from shared.contracts.base import Severity, to_json
from shared.contracts.endpoints import EndpointConfig, EndpointRecord
from shared.secrets import SealBroken, SecretSettings, seal
from tests.unit.http import hostile_headers

SETTINGS = SecretSettings(secret_keys=(SecretStr(Fernet.generate_key().decode()),))
MADE = datetime(2026, 3, 1, tzinfo=UTC)


def receiver(endpoint_id: str, customer_id: str | None = "acme", version: int = 1, **config: object) -> Receiver:
    asked = EndpointConfig.model_validate({"customer_id": customer_id, "url": "https://hooks.example/in"} | config)
    record = EndpointRecord(id=endpoint_id, version=version, config=asked, created_at=MADE, secrets=())
    return read_receiver(to_json(record), SETTINGS)


@dataclass(frozen=True)
class Told:
    customer_id: str | None = "acme"
    type: str = "alert.opened"
    severity: Severity | None = "high"
    materials: tuple[str, ...] = ()
    accepted_at: datetime = MADE


def known(*these: Receiver) -> Receivers:
    receivers = Receivers()
    for one in these:
        receivers.put(one.id, one)
    return receivers


def wanting(receivers: Receivers, message: Told) -> list[str]:
    return [found.id for found in receivers.wanting(message)]


def test_the_customer_s_own_and_the_operator_wide_ones_want_it() -> None:
    receivers = known(receiver("mine"), receiver("theirs", "other"), receiver("everyone", None))
    assert wanting(receivers, Told()) == ["mine", "everyone"]
    assert wanting(receivers, Told(None, "measure.changed", None)) == ["everyone"]


def test_an_endpoint_that_moves_to_another_customer_leaves_the_first() -> None:
    receivers = known(receiver("mine"), receiver("mine", "other", version=2))
    assert wanting(receivers, Told()) == []
    assert wanting(receivers, Told("other")) == ["mine"]


def test_a_deleted_endpoint_is_gone() -> None:
    receivers = known(receiver("mine"))
    receivers.put("mine", None)
    assert receivers.state("mine") == "gone"
    assert wanting(receivers, Told()) == []


def test_one_that_its_owner_disabled_is_held_and_loses_nothing_by_it() -> None:
    receivers = known(receiver("mine", enabled=False))
    assert receivers.state("mine") == "held"
    assert wanting(receivers, Told()) == ["mine"]


def test_one_that_we_disabled_is_held_until_a_later_version_is_enabled() -> None:
    receivers = known(receiver("mine"))
    receivers.disable("mine", 1)
    assert receivers.state("mine") == "held"
    assert wanting(receivers, Told()) == ["mine"]
    receivers.put("mine", receiver("mine", version=2, enabled=False))
    assert receivers.state("mine") == "held"
    receivers.put("mine", receiver("mine", version=3))
    assert receivers.state("mine") == "active"


def test_one_that_we_disabled_is_active_when_it_is_deleted_and_made_anew() -> None:
    receivers = known(receiver("mine"))
    receivers.disable("mine", 1)
    receivers.put("mine", None)
    receivers.put("mine", receiver("mine"))
    assert receivers.state("mine") == "active"


def test_every_change_is_told_on() -> None:
    changed: list[str] = []
    receivers = Receivers(on_change=[changed.append])
    receivers.put("mine", receiver("mine"))
    receivers.disable("mine", 1)
    receivers.put("mine", None)
    assert changed == ["mine"] * 3


async def test_an_endpoint_may_come_a_moment_later() -> None:
    receivers = known()
    waiting = asyncio.create_task(receivers.expect("late", within_s=5))
    await asyncio.sleep(0)
    receivers.put("late", receiver("late"))
    assert (await waiting) is receivers.get("late")
    assert await receivers.expect("never", within_s=0.01) is None


@pytest.mark.parametrize("name", hostile_headers.NAMES)
def test_an_owner_s_headers_cannot_stand_in_for_ours(name: str) -> None:
    assert receiver("mine", headers={name: "forged", "X-Team": "supply"}).headers.opened() == {"X-Team": "supply"}


@pytest.mark.parametrize("value", hostile_headers.VALUES)
def test_a_header_that_would_break_the_request_is_left_out(value: str) -> None:
    assert receiver("mine", headers={"X-Team": value}).headers.opened() == {}


def test_headers_come_sealed_and_are_opened_only_to_be_sent() -> None:
    record = EndpointRecord(
        id="mine",
        version=1,
        config=EndpointConfig(url="https://hooks.example/in", headers={"X-From-Before": "1"}),
        created_at=MADE,
        secrets=(),
        sealed_headers={"Authorization": seal(SETTINGS, "Bearer abc"), "webhook-id": seal(SETTINGS, "forged")},
    )
    assert read_receiver(to_json(record), SETTINGS).headers.opened() == {
        "X-From-Before": "1", "Authorization": "Bearer abc",
    }  # fmt: skip
    other = SecretSettings(secret_keys=(SecretStr(Fernet.generate_key().decode()),))
    broken = read_receiver(to_json(record), other)
    with pytest.raises(SealBroken):
        broken.headers.opened()


def test_no_secret_shows_in_a_repr() -> None:
    shown = repr(receiver("mine", url="https://hooks.example/T0/secret", headers={"Authorization": "Bearer secret"}))
    assert "mine" in shown
    assert "secret" not in shown


@pytest.mark.parametrize("url", ["https://user:password@hooks.example/", "https://0x7f.1/", "ftp://hooks.example/"])
def test_a_url_that_is_refused_says_why_and_stops_nobody_else(url: str) -> None:
    refused = receiver("mine", url=url)
    assert refused.url is None
    assert refused.refused


def test_the_path_is_sent_exactly_as_it_was_written() -> None:
    assert (
        str(receiver("mine", url="https://hooks.example/a%2Fb/%41?q=%20+x").url)
        == "https://hooks.example/a%2Fb/%41?q=%20+x"
    )


def test_a_record_of_a_newer_control_stops_the_dispatcher_with_a_word_on_what_to_do() -> None:
    with pytest.raises(EndpointUnreadable, match=r"config\.later.*as new as control"):
        read_receiver(
            b'{"id":"e","version":1,"created_at":"2026-03-01T00:00:00Z","secrets":[],'
            b'"config":{"url":"https://hooks.example/","later":1}}',
            SETTINGS,
        )
