"""There is one version: the package's, what the command line says, the interfaces' and what receivers see."""

import tomllib
from pathlib import Path

from typer.testing import CliRunner

from services.cli.app import app
from shared.version import VERSION

PYPROJECT = Path(__file__).parents[3] / "pyproject.toml"


def test_it_is_that_of_the_package() -> None:
    assert tomllib.loads(PYPROJECT.read_text())["project"]["version"] == VERSION


def test_the_command_line_says_it() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.output) == (0, f"chokepoint {VERSION}\n")
