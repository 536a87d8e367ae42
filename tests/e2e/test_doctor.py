"""`chokepoint doctor` beside a system that runs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from services.cli.doctor.finding import Finding
from services.cli.doctor.outside import outside
from services.cli.doctor.patient import Patient
from services.cli.doctor.sealing import sealing
from services.cli.testing import RunningSystem
from shared.contracts.endpoints import EndpointConfig
from tests.fixtures.customers import motor_maker

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]


@pytest.fixture(scope="module", autouse=True)
def sealed_secret(system: RunningSystem) -> None:
    with system.client() as client:
        client.put_customer("examined", motor_maker())
        client.create_endpoint(EndpointConfig(customer_id="examined", url="http://127.0.0.1:9000/", enabled=False))


def findings(**settings: str) -> tuple[int, dict[str, Finding]]:
    command = [sys.executable, "-m", "services.cli", "doctor", "--json"]
    done = subprocess.run(command, capture_output=True, env=os.environ | settings, check=False)  # noqa: S603
    return done.returncode, {each["what"]: Finding(**each) for each in json.loads(done.stdout)}


def test_a_system_that_runs_is_well_whatever_offset_it_was_started_with(system: RunningSystem) -> None:
    code, found = findings(DATA_DIR=str(system.data_dir))
    assert code == 0, [finding for finding in found.values() if finding.state == "broken"]
    assert "held by the running system" in found["ports"].found
    assert "ingest, control, classifier, scorer, dispatcher, registry ready" in found["services"].found
    assert found["sealing key"].found.startswith("opens the ")


def test_a_service_that_hangs_is_named(system: RunningSystem) -> None:
    scorer = system.process("scorer")
    scorer.suspend()
    try:
        code, found = findings(DATA_DIR=str(system.data_dir))
    finally:
        scorer.resume()
    assert (code, found["scorer"].state) == (1, "broken")
    assert "scorer" not in found["services"].found


def test_a_cluster_and_a_database_of_ones_own(system: RunningSystem, tmp_path: Path) -> None:
    running = Patient.of({"DATA_DIR": str(system.data_dir)})
    database = str(running.database_url())
    own = {
        "DATA_DIR": str(tmp_path),
        "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{9092 + running.offset}",
        "DATABASE_URL": database,
    }
    assert [finding.state for finding in outside(Patient.of(own))] == ["well", "well"]
    key = (system.data_dir / "sealing.key").read_text().strip()
    for keys, state in (({}, "broken"), ({"CHOKEPOINT_SECRET_KEYS": Fernet.generate_key().decode()}, "broken"),
                        ({"CHOKEPOINT_SECRET_KEYS": key}, "well")):  # fmt: skip
        assert [finding.state for finding in sealing(Patient.of(own | keys))] == [state]
    away = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9", "DATABASE_URL": database.replace("chokepoint:", "chokepoint:x")}
    for finding in outside(Patient.of(own | away)):
        assert finding.state == "broken"
        assert database.split("@", maxsplit=1)[0] not in finding.found
