"""One table of exit codes, shown by --help and kept by every command."""

from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from services.cli.app import app, main
from services.cli.exit_codes import MEANINGS, Exit
from services.cli.failure import Unavailable, exit_of, reported
from shared.client import NotConnected, Problem
from shared.client.errors import ProblemBody
from shared.errors import ChokepointError


def problem(status: int) -> Problem:
    return Problem(status, ProblemBody(title="no"))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ChokepointError("a setting is wrong"), Exit.WRONG_CALL),
        (FileNotFoundError("events.json"), Exit.WRONG_CALL),
        (problem(401), Exit.WRONG_CALL),
        (problem(422), Exit.NOT_SO),
        (problem(429), Exit.UNAVAILABLE),
        (problem(503), Exit.UNAVAILABLE),
        (NotConnected("no dev.env"), Exit.UNAVAILABLE),
        (Unavailable("no broker"), Exit.UNAVAILABLE),
        (httpx2.ConnectError("refused"), Exit.UNAVAILABLE),
    ],
)
def test_what_went_wrong_decides(error: Exception, code: Exit, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_of(error) is code
    with pytest.raises(SystemExit) as ended, reported():
        raise error
    assert ended.value.code == code
    assert "Traceback" not in capsys.readouterr().err


def test_help_shows_the_table() -> None:
    shown = " ".join(CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"}).output.split())
    for code, meaning in MEANINGS.items():
        assert f"{code.value} {meaning}" in shown


def test_a_wrong_option_is_a_wrong_call() -> None:
    assert CliRunner().invoke(app, ["listen", "--fail", "204"]).exit_code == Exit.WRONG_CALL


def test_markup_in_a_reason_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit), reported():
        raise ChokepointError("port [/] is taken")
    assert "port [/] is taken" in capsys.readouterr().err


def test_no_system_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "events.json").write_text("{}")
    command = ["chokepoint", "post", str(tmp_path / "events.json"), "--data-dir", str(tmp_path)]
    for name in ("CHOKEPOINT_URL", "CHOKEPOINT_CONTROL_URL", "CHOKEPOINT_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.argv", command)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == Exit.UNAVAILABLE
    assert "make run" in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_offered(shell: str) -> None:
    script = CliRunner().invoke(
        app, [], prog_name="chokepoint", env={"_CHOKEPOINT_COMPLETE": f"source_{shell}", "SHELL": f"/bin/{shell}"}
    )
    assert "_CHOKEPOINT_COMPLETE" in script.output
    options = {"_CHOKEPOINT_COMPLETE": "complete_bash", "COMP_WORDS": "chokepoint li", "COMP_CWORD": "1"}
    assert "listen" in CliRunner().invoke(app, [], prog_name="chokepoint", env=options).output
