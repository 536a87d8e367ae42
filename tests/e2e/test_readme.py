"""The README, followed from top to bottom: every command in it is executed, and what it promises comes.

Blocks of `sh` are run as they stand, one after the other, in one shell session. A command that starts something of its
own is run by the test that is named here; so a new command is either run below or fails."""

import ast
import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from services.cli.box.free_ports import free_ports
from services.cli.supervisor.services import SERVICES
from services.cli.testing import RunningSystem
from tests.fixtures.markdown import README, ROOT, blocks, inline

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

ROAD = "tests/e2e/test_road.py::test_an_act_a_decision_and_a_low_stock_are_told_in_order"
ELSEWHERE = {
    "make run": ROAD,
    "make demo": "tests/e2e/test_demo.py::test_it_ends_by_itself_with_every_webhook_verified",
    # targets that run for minutes: that they are there is shown without running them
    **dict.fromkeys(
        ("make test", "make test-long", "make lint", "make bench", "make up", "make chaos"),
        "tests/unit/docs/test_names.py::test_what_is_said_of_make_is_a_target_of_it",
    ),
    # the supervisor starts each of them so
    **{f".venv/bin/python -m {service.module}": ROAD for service in SERVICES},
    # it fits for minutes: its parts are tested
    ".venv/bin/python -m services.classifier.training.train": (
        "tests/unit/classifier/test_fit.py::test_with_softmax_the_outputs_of_a_row_share_one_choice"
    ),
}
STAYS = ("chokepoint listen", "uvicorn")
COMMAND = re.compile(r"(make|curl|chokepoint|python|\.venv/bin/\S+) .*")
ROUTE = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/v1/\S+)")


class Newcomer:
    """Sits in a folder where `.venv` and `.data` are those of the running system; what it exports stays exported."""

    def __init__(self, desk: Path, system: RunningSystem) -> None:
        self.desk = desk
        self.receiver_port = free_ports(1)[0]
        # ports may be taken on this machine; words in capitals stand for what the newcomer has read off
        self.means = {"9000": str(self.receiver_port), "listen --sample": "listen --sample --port 0"}
        (desk / ".venv").symlink_to(ROOT / ".venv")
        (desk / ".data").symlink_to(system.data_dir)
        broker = int(system.connection.url.rpartition(":")[2]) - 8000 + 9092
        for command in (".venv/bin/chokepoint topics", ".venv/bin/chokepoint dead-letters"):
            self.means[command] = f"KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:{broker} {command}"
        (desk / "session").write_text("export PYTHONUNBUFFERED=1\n")

    async def start(self, command: str) -> asyncio.subprocess.Process:
        for word, meant in self.means.items():
            command = command.replace(word, meant)
        script = f". ./session\n{command.rstrip()}\nexport -p > session\n"
        return await asyncio.create_subprocess_exec(
            "bash", "-euo", "pipefail", "-c", script if not _stays(command) else f". ./session\nexec {command}",
            cwd=self.desk, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip

    async def run(self, command: str) -> str:
        process = await self.start(command)
        said, _ = await process.communicate()
        assert process.returncode == 0, f"{command}\n{said.decode()}"
        return said.decode()

    @asynccontextmanager
    async def running(self, command: str, until: str) -> AsyncIterator[asyncio.subprocess.Process]:
        process = await self.start(command)
        try:
            await shown(process, until)
            yield process
        finally:
            process.terminate()
            await process.communicate()

    def write_receiver(self, secret: str) -> None:
        (code,) = blocks(README, "python")
        (self.desk / "receiver.py").write_text(code.replace("whsec_…", secret))


async def shown(process: asyncio.subprocess.Process, words: str) -> str:
    """What it says, up to the line with these words."""
    assert process.stdout is not None
    said = ""
    async with asyncio.timeout(40):
        while words not in said:
            line = await process.stdout.readline()
            assert line, f"ended without {words!r}:\n{said}"
            said += line.decode()
    return said


async def test_a_newcomer_follows_it_from_top_to_bottom(system: RunningSystem, tmp_path: Path) -> None:
    newcomer = Newcomer(tmp_path, system)
    run, listen, first, *others = list(blocks(README, "sh"))
    assert run.strip() in ELSEWHERE
    (example,) = map(json.loads, blocks(README, "json"))

    async with newcomer.running(listen, until="listening at") as listener:
        answer = json.loads(await newcomer.run(first))
        assert (answer["accepted"], answer["rejected"]) == (1, 0)
        told = await shown(listener, "verified")
        newcomer.means["EVENT_ID"] = answer["results"][0]["event_id"]
    assert "alert.opened" in told
    assert example["data"]["title"] in " ".join(told.replace("│", " ").split())

    for block in others:
        if "/v1/endpoints" in block:
            newcomer.write_receiver(json.loads(await newcomer.run(block))["secret"])
        elif "listen" in block:
            async with newcomer.running(block, until="listening at"):
                pass
        elif _stays(block):
            async with newcomer.running(block, until="Uvicorn running") as receiver:
                await newcomer.run(first.replace("CN-README-1", "CN-README-2"))
                assert example["data"]["title"] in await shown(receiver, "China:")
                async with httpx2.AsyncClient(trust_env=False) as forger:
                    forged = await forger.post(f"http://127.0.0.1:{newcomer.receiver_port}/", json=example)
                assert forged.status_code == 401
        elif "/messages" in block:
            message = json.loads(await newcomer.run(block))["items"][0]
            assert _shape(example) <= _shape(message), "the example shows what a webhook holds"
        else:
            await newcomer.run(block)


async def test_commands_in_the_line_are_executed(system: RunningSystem, tmp_path: Path) -> None:
    newcomer = Newcomer(tmp_path, system)
    already = {*ELSEWHERE, *(block.strip() for block in blocks(README, "sh"))}
    for command in dict.fromkeys(filter(COMMAND.fullmatch, inline(README))):
        if command not in already:
            await newcomer.run(command)


def test_what_is_executed_elsewhere_is_executed() -> None:
    for test in set(ELSEWHERE.values()):
        file, _, name = test.partition("::")
        tests = {node.name for node in ast.walk(ast.parse((ROOT / file).read_text())) if isinstance(node, _FUNCTIONS)}
        assert name in tests, test


async def test_routes_are_those_of_the_running_system(system: RunningSystem) -> None:
    async with httpx2.AsyncClient(trust_env=False) as http:
        described = [
            (await http.get(f"{url}/openapi.json")).json()["paths"]
            for url in (system.connection.url, system.connection.control_url)
        ]
    known = {(method.upper(), path) for paths in described for path, methods in paths.items() for method in methods}
    named = {(found[1], found[2].split("?")[0]) for word in inline(README) if (found := ROUTE.fullmatch(word))}
    assert named
    assert named <= known


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _stays(command: str) -> bool:
    return any(word in command for word in STAYS)


def _shape(value: object, place: str = "") -> set[str]:
    """Where what kind of value stands, whatever the value."""
    if isinstance(value, dict):
        return {part for key, inner in value.items() for part in _shape(inner, f"{place}.{key}")}
    if isinstance(value, list):
        return {part for inner in value for part in _shape(inner, f"{place}[]")}
    return {f"{place}: {'number' if isinstance(value, int | float) else type(value).__name__}"}
