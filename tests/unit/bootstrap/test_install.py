"""When something is installed, and when nothing is done."""

from importlib import import_module
from pathlib import Path

import pytest

install = import_module("install")  # outside the packages: it runs before they are there


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "LOCK", tmp_path / "requirements.lock")
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(install, "STAMP", tmp_path / ".venv" / ".installed")
    monkeypatch.setattr(install, "PLACE", tmp_path / ".venv" / ".place")
    (tmp_path / "requirements.lock").write_text("a==1 --hash=sha256:00\n")
    return tmp_path


@pytest.fixture
def installs(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each time that the packages were installed."""
    done: list[str] = []

    def pretend() -> None:
        (checkout / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
        (checkout / ".venv" / "bin" / "python").touch()
        install.STAMP.write_text(install._wanted())
        done.append(install.LOCK.read_text())

    monkeypatch.setattr(install, "_install", pretend)
    return done


def test_a_second_start_installs_nothing(installs: list[str]) -> None:
    assert (install.install(), install.install()) == (0, 0)
    assert len(installs) == 1


def test_another_lock_is_installed(checkout: Path, installs: list[str]) -> None:
    install.install()
    (checkout / "requirements.lock").write_text("a==2 --hash=sha256:00\n")
    install.install()
    assert len(installs) == 2


def test_an_environment_whose_interpreter_is_gone_is_made_again(checkout: Path, installs: list[str]) -> None:
    install.install()
    (checkout / ".venv" / "bin" / "python").unlink()
    install.install()
    assert len(installs) == 2


def test_a_failure_is_told_in_words_and_ends_with_2(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise install.InstallError("no network")

    monkeypatch.setattr(install, "_install", fail)
    assert install.install() == 2
    assert capsys.readouterr().err == "chokepoint: no network\n"


def test_the_command_line_starts_from_a_folder_with_a_space_in_its_name(checkout: Path) -> None:
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / install.SITE_PACKAGES).mkdir(parents=True)
    install._lay_launcher()
    launcher = checkout / ".venv" / "bin" / "chokepoint"
    assert launcher.read_text().splitlines()[0] == "#!/bin/sh"
    assert launcher.stat().st_mode & 0o111
    assert (checkout / ".venv" / install.SITE_PACKAGES / "chokepoint.pth").read_text() == f"{checkout}\n"


def test_an_environment_of_this_place_and_python_is_kept(checkout: Path) -> None:
    (checkout / ".venv" / install.SITE_PACKAGES).mkdir(parents=True)
    install.PLACE.write_text(str(install.VENV))
    install._discard_if_unfit()
    assert install.VENV.exists()


def test_one_that_was_moved_or_made_by_another_python_is_made_anew(checkout: Path) -> None:
    (checkout / ".venv" / install.SITE_PACKAGES).mkdir(parents=True)
    install.PLACE.write_text("/where/it/was/.venv")
    install._discard_if_unfit()
    assert not install.VENV.exists()
    (checkout / ".venv" / "lib" / "python3.9" / "site-packages").mkdir(parents=True)
    install._discard_if_unfit()
    assert not install.VENV.exists()
