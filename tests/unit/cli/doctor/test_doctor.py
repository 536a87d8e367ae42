"""All of it: settings that are wrong, ports, services that cannot work, checks that fail in themselves, the screen."""

import json
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from services.cli.app import app
from services.cli.doctor import doctor as module
from services.cli.doctor.awake import judged
from services.cli.doctor.doctor import CHECKS, doctor, examined, table_of, verdict
from services.cli.doctor.finding import Finding, broken, odd, well
from services.cli.doctor.patient import Patient
from services.cli.doctor.places import finding, ports
from services.cli.exit_codes import Exit


def test_a_wrong_setting_ends_the_visit_with_its_name() -> None:
    (only,) = examined({"PORT_OFFSET": "many"})
    assert (only.state, only.found[:16]) == ("broken", "PORT_OFFSET=many")


def test_a_check_that_fails_in_itself_keeps_no_other_from_looking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faint(_: object) -> None:
        raise RuntimeError("dizzy")

    monkeypatch.setattr("services.cli.doctor.machine.machine", faint)
    checks = [("machine", "machine"), ("not_there", "not_there"), ("kept", "kept")]
    findings = list(examined({"DATA_DIR": str(tmp_path)}, checks))
    assert [each.state for each in findings[:2]] == ["odd", "broken"]
    assert "dizzy" in findings[0].found
    assert {each.what for each in findings[2:]} == {"data directory", "run"}


def test_every_check_is_there() -> None:
    for name, function in CHECKS:
        assert callable(getattr(__import__(f"services.cli.doctor.{name}", fromlist=[function]), function))


def test_ports_move_with_the_offset_and_a_taken_one_is_named_with_what_moves_it(tmp_path: Path) -> None:
    patient = Patient.of({"DATA_DIR": str(tmp_path), "PORT_OFFSET": "2000", "KAFKA_BOOTSTRAP_SERVERS": "kafka:9092"})
    wanted = ports(patient)
    assert {port.number for port in wanted} >= {10_000, 10_001, 17_432}
    assert "kafka" not in {port.purpose for port in wanted}
    assert finding(wanted, [], patient).state == "well"
    taken = finding([], ["10000 (ingest) is taken by process 1, nginx"], patient)
    assert (taken.state, "PORT_OFFSET=" in taken.advice) == ("broken", True)


def test_a_service_that_cannot_work_says_why() -> None:
    ready, away = judged({"ingest": None, "scorer": "waiting for partitions of ledger"})
    assert (ready.state, ready.found) == ("well", "ingest ready")
    assert (away.what, away.state, away.found) == ("scorer", "broken", "waiting for partitions of ledger")


@pytest.mark.parametrize(("state", "code"), [("well", Exit.DONE), ("odd", Exit.DONE), ("broken", Exit.NOT_SO)])
def test_programs_get_json_and_an_exit_code(
    state: str, code: Exit, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one = {"well": well("a", "b"), "odd": odd("a", "b", "c"), "broken": broken("a", "b", "c")}[state]
    monkeypatch.setattr(module, "examined", lambda _: iter([one]))
    assert doctor({}, as_json=True) == code
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == [{"what": "a", "state": state, "found": "b", "advice": one.advice}]


def test_people_get_a_table_that_says_what_to_do() -> None:
    findings: list[Finding] = [well("Java", "25"), broken("ports", "8000 is taken [/]", "PORT_OFFSET=100 make run")]
    screen = StringIO()
    console = Console(file=screen, width=100)
    console.print(table_of(findings))
    console.print(verdict(findings))
    assert "✓  Java" in screen.getvalue()
    assert "8000 is taken [/]" in screen.getvalue()
    assert "→ PORT_OFFSET=100 make run" in screen.getvalue()
    assert "1 broken" in screen.getvalue()


@pytest.mark.parametrize("name", ["DATA_DIR", "CHOKEPOINT_DATA_DIR"])
def test_it_looks_where_a_run_with_the_same_environment_keeps_its_state(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[Path] = []

    def look(environment: Mapping[str, str]) -> Iterator[Finding]:
        looked_at.append(Patient.of(environment).data_dir)
        yield well("a", "b")

    monkeypatch.setattr(module, "examined", look)
    monkeypatch.delenv("DATA_DIR", raising=False)
    CliRunner().invoke(app, ["doctor"], env={name: str(tmp_path)})
    assert looked_at == [tmp_path]
