"""One run per data directory."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from services.cli.supervisor.data_dir import DataDirHeld, held_data_dir
from services.cli.supervisor.settings import RunSettings


@pytest.fixture
def settings(tmp_path: Path) -> RunSettings:
    return replace(RunSettings.read({}), data_dir=tmp_path / ".data")


def test_a_second_run_is_told_who_holds_it_and_what_to_do(settings: RunSettings) -> None:
    refused = pytest.raises(DataDirHeld, match=rf"process {os.getpid()}.*DATA_DIR=")
    with held_data_dir(settings), refused, held_data_dir(settings):
        pass


def test_a_second_run_with_other_ports_gets_a_directory_of_its_own(settings: RunSettings) -> None:
    with held_data_dir(settings), held_data_dir(replace(settings, port_offset=100)) as second:
        assert second == settings.data_dir.with_name(".data-100")


def test_a_directory_that_was_chosen_is_that_one_or_none(settings: RunSettings) -> None:
    chosen = replace(settings, port_offset=100, data_dir_chosen=True)
    with held_data_dir(settings), pytest.raises(DataDirHeld), held_data_dir(chosen):
        pass


def test_it_is_free_again_afterwards_and_closed_to_others(settings: RunSettings) -> None:
    for _ in range(2):
        with held_data_dir(settings) as folder:
            assert folder.stat().st_mode & 0o077 == 0
