"""What the services are told."""

from dataclasses import replace
from pathlib import Path

import pytest

from services.cli.supervisor.environment import Plan, service_environment, system_environment
from services.cli.supervisor.services import SERVICES
from services.cli.supervisor.settings import RunSettings
from shared.secrets import SecretSettings
from shared.settings import ClockSettings, DatabaseSettings, ServiceSettings

PLAN = Plan(
    settings=RunSettings.read({"PORT_OFFSET": "100", "CLOCK": "2026-11-10T00:00:00Z"}),
    data_dir=Path("/data"),
    bootstrap="127.0.0.1:9192",
    database_url="postgresql+asyncpg://u:pw@127.0.0.1:15532/chokepoint",
    dev_key="ck_dev_x",
    sealing_keys="c2VhbHNlYWxzZWFsc2VhbHNlYWxzZWFsc2VhbHNlYWw=",
)


class Everything(ServiceSettings, ClockSettings, DatabaseSettings, SecretSettings):
    """Every setting that services share."""


def test_every_name_is_one_that_the_services_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in _of("ingest").items():
        monkeypatch.setenv(name, value)
    read = Everything()
    assert (read.host, read.port) == ("127.0.0.1", 8100)
    assert read.kafka_bootstrap_servers == "127.0.0.1:9192"
    assert read.database_url.get_secret_value() == PLAN.database_url
    assert read.data_dir == Path("/data")
    assert read.secret_keys[0].get_secret_value() == PLAN.sealing_keys
    assert str(read.clock) == "2026-11-10 00:00:00+00:00"


def test_services_find_each_other() -> None:
    assert _of("ingest")["CHOKEPOINT_CLASSIFIER_URL"] == "http://127.0.0.1:8111"
    assert _of("control")["CHOKEPOINT_REGISTRY_URL"] == "http://127.0.0.1:8115"


def test_what_the_user_has_set_is_passed_on_but_for_what_is_ours_to_say() -> None:
    told = {"CHOKEPOINT_PARTITIONS": "3", "CHOKEPOINT_ALLOW_SUBNETS": "10.0.0.0/8", "CHOKEPOINT_PORT": "1"}
    plan = replace(PLAN, settings=RunSettings.read({**told, "PORT_OFFSET": "100"}))
    environment = _of("ingest", plan)
    assert environment["CHOKEPOINT_PARTITIONS"] == "3"
    assert environment["CHOKEPOINT_ALLOW_SUBNETS"] == "10.0.0.0/8"
    assert environment["CHOKEPOINT_PORT"] == "8100"


def test_webhooks_to_this_machine_are_allowed_unless_told_otherwise() -> None:
    assert _of("dispatcher")["CHOKEPOINT_ALLOW_SUBNETS"] == "127.0.0.0/8,::1/128"


def test_no_secret_stands_in_the_plans_repr() -> None:
    assert not any(secret in repr(PLAN) for secret in ("pw@", PLAN.dev_key, PLAN.sealing_keys))


def _of(name: str, plan: Plan = PLAN) -> dict[str, str]:
    service = next(service for service in SERVICES if service.name == name)
    return service_environment(system_environment(plan, {"PATH": "/bin"}, SERVICES), plan, service)
