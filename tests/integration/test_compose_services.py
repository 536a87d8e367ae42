"""Every service starts with exactly what docker-compose.yml gives it: its environment, its secrets as files, nothing
else; and is then healthy by the very command that the container is asked with. Only hosts and ports are moved."""

import os
import re
import runpy
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from services.cli.box.free_ports import free_ports
from services.cli.supervisor.services import SERVICES
from tests.fixtures.box import Database
from tests.unit.ops.test_compose import CONTAINERS, DOCKER, given

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

ROOT = Path(__file__).parents[2]
HEALTHY_WITHIN_S = 60


class Machine:
    """What the containers' network and volumes are here."""

    def __init__(self, place: Path, kafka: str, database_url: str) -> None:
        self.place = place
        self._kafka = kafka
        self._ports = dict(zip((service.name for service in SERVICES), free_ports(len(SERVICES)), strict=True))
        runpy.run_path(str(DOCKER / "make_secrets.py"))["make"](place / "secrets")
        (place / "secrets/chokepoint_database_url").unlink()
        (place / "secrets/chokepoint_database_url").write_text(f"{database_url}\n")

    def environment(self, name: str) -> dict[str, str]:
        secrets = self.place / f"run-secrets-{name}"
        secrets.mkdir()
        for secret in CONTAINERS[name].get("secrets", ()):
            (secrets / secret).write_text((self.place / "secrets" / secret).read_text())
        moved = {key: self._moved(value) for key, value in given(name).items()}
        here = {"CHOKEPOINT_HOST": "127.0.0.1", "CHOKEPOINT_PORT": str(self._ports.get(name, "")), "PATH": os.defpath}
        return moved | here | {"CHOKEPOINT_SECRETS_DIR": str(secrets)}

    def command(self, words: list[str]) -> list[str]:
        """With the ports of here. The image's entry point is `python -m`."""
        ports = {str(service.port): str(self._ports[service.name]) for service in SERVICES}
        return [sys.executable if word == "python" else ports.get(word, word) for word in words]

    @contextmanager
    def running(self, name: str) -> Iterator["subprocess.Popen[bytes]"]:
        with (self.place / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603
                self.command(["python", "-m", *CONTAINERS[name]["command"]]),
                env=self.environment(name),
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                yield process
            finally:
                process.terminate()
                process.wait(timeout=20)

    def _moved(self, value: str) -> str:
        value = value.replace("kafka:9092", self._kafka).replace("/var/lib/chokepoint", str(self.place / "data"))
        return re.sub(r"http://(\w+):\d+", lambda found: f"http://127.0.0.1:{self._ports.get(found[1], 1)}", value)


def test_every_service_is_healthy_with_what_it_is_given(tmp_path: Path, kafka: str, postgres: Database) -> None:
    machine = Machine(tmp_path, kafka, postgres())
    with ExitStack() as stack:
        with machine.running("groundwork") as groundwork:
            assert groundwork.wait(timeout=30) == 0, (tmp_path / "groundwork.log").read_text()
        processes = {service.name: stack.enter_context(machine.running(service.name)) for service in SERVICES}
        deadline = time.monotonic() + HEALTHY_WITHIN_S
        sick = dict.fromkeys(processes, "")
        while sick and time.monotonic() < deadline:
            time.sleep(0.3)
            sick = {name: why for name in sick if (why := _sick(machine, name))}
        assert {name: (why, (tmp_path / f"{name}.log").read_text()[-1_000:]) for name, why in sick.items()} == {}
        for process in processes.values():
            process.terminate()
        ended = {name: process.wait(timeout=15) for name, process in processes.items()}  # compose kills them then
    assert ended == dict.fromkeys(processes, 0)


def _sick(machine: Machine, name: str) -> str:
    asked = machine.command(CONTAINERS[name]["healthcheck"]["test"][1:])
    answer = subprocess.run(asked, cwd=ROOT, env={}, capture_output=True, text=True, check=False)  # noqa: S603
    return answer.stderr if answer.returncode else ""
