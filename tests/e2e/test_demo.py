"""`make demo`: the whole story in one command, and what it says when something is missing."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from pathlib import Path
from xml.etree import ElementTree as ET

import psutil
import pytest

from services.cli.demo.customers import CUSTOMERS

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

LEAST = 12
WITHIN_S = 1.0
"""From posting a text of 900 words until its last webhook was here."""


async def started(picture: Path) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.cli", "demo", "--picture", str(picture),
        stdout=PIPE, stderr=STDOUT, env=os.environ | {"TMPDIR": str(picture.parent)},
    )  # fmt: skip


async def lines_of(process: Process) -> list[str]:
    assert process.stdout is not None
    return [raw.decode().rstrip() async for raw in process.stdout]


async def test_it_ends_by_itself_with_every_webhook_verified(tmp_path: Path) -> None:
    process = await started(tmp_path / "demo.svg")
    lines = await lines_of(process)
    assert await process.wait() == 0, "\n".join(lines[-40:])
    counted = re.fullmatch(r"verified (\d+)", lines[-1])
    assert counted
    assert int(counted[1]) >= LEAST
    rows = {name: line for line in lines for name in _names() if line.strip().startswith(name)}
    assert sum(int(rows[name].split()[-1]) for name in _names()) == int(counted[1])
    assert not any(f"not {name.split()[0]}" in line for line in lines for name in _names()), (
        "the table knows nobody unaware"
    )
    assert sum("a long article" in line for line in lines) == 1
    assert sum("article again" in line for line in lines) == 2
    assert sum("sports page" in line for line in lines) == 1
    prompt = next(found for line in lines if (found := re.search(r"was here ([0-9.]+) s after", line)))
    assert 0 < float(prompt[1]) < WITHIN_S
    picture = ET.parse(tmp_path / "demo.svg")  # noqa: S314  # written a moment ago by ourselves
    assert len(list(picture.iter("{http://www.w3.org/2000/svg}circle"))) > int(counted[1])
    assert _left_by_it(tmp_path) == []


async def test_without_its_receiver_it_says_what_is_missing(tmp_path: Path) -> None:
    process = await started(tmp_path / "demo.svg")
    assert process.stdout is not None
    async for raw in process.stdout:
        if b"20 October 2023" in raw:
            break
    _receiver_of(process).kill()
    lines = await lines_of(process)
    assert await process.wait() == 1
    missing = [line for line in lines if line.startswith("missing: ")]
    assert any("the receiver ended" in line for line in missing)
    assert any("Rhein Motors was never told of CN-2025-18" in line for line in missing)
    assert not any("Sendai Chips was never told of CN-2023-23" in line for line in missing), "that came before"
    assert re.fullmatch(r"verified \d+", lines[-1])


def _names() -> list[str]:
    return [profile.name for profile in CUSTOMERS.values()]


def _receiver_of(process: Process) -> psutil.Process:
    children = psutil.Process(process.pid).children()
    return next(child for child in children if "services.cli.demo.receiver" in child.cmdline())


def _left_by_it(folder: Path) -> list[str]:
    """Its data and its processes."""
    commands = (" ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"]))
    return [path.name for path in folder.glob("chokepoint-demo-*")] + [line for line in commands if str(folder) in line]
