"""A process that runs and does not live is ended and started again: it says so itself, or says nothing any more."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from services.cli.box.free_ports import free_ports
from services.cli.supervisor import probes, vigil
from services.cli.supervisor.backoff import Backoff
from services.cli.supervisor.orphans import Register
from services.cli.supervisor.spec import Answers, ProcessSpec
from services.cli.supervisor.supervisor import Supervisor
from services.cli.supervisor.vigil import Vigil
from tests.fixtures.quiet_output import QuietOutput

ANSWERS = """
import http.server, os, pathlib, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        stuck = self.path == "/livez" and pathlib.Path("stuck").exists()
        self.send_response(503 if stuck else 200)
        self.end_headers()
        self.wfile.write(b"5 records of ledger wait")
        if self.path == "/livez":
            with open("looks", "a") as looks:
                looks.write(".")
    def log_message(self, *_): ...
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer)
pathlib.Path("pid").write_text(str(os.getpid()))
server.serve_forever()
"""


class Watched:
    def __init__(self, place: Path) -> None:
        self.place = place
        self.output = QuietOutput()
        self.supervisor = Supervisor(
            self.output,
            Register(place / "processes"),
            Backoff(first_s=0.01),
            vigil=Vigil(every_s=0.05, misses=3, misses_at_first=600),
        )

    async def start(self) -> None:
        [port] = free_ports(1)
        argv = (sys.executable, "-c", ANSWERS, str(port))
        ready, live = Answers(port), Answers(port, "/livez")
        spec = ProcessSpec("scorer", argv, env={}, cwd=self.place, ready=ready, live=live, grace_s=0.2)
        await self.supervisor.start([spec])

    async def lives(self) -> None:
        """Its first answer has been taken: from now on it is no process that is just starting."""
        looks = self.place / "looks"
        await _until(lambda: looks.exists() and looks.stat().st_size > 1)

    @property
    def pid(self) -> int:
        with suppress(OSError, ValueError):
            return int((self.place / "pid").read_text())
        return 0


@pytest.fixture
async def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Watched]:
    monkeypatch.setattr(probes, "WITHIN_S", 0.2)
    watched = Watched(tmp_path)
    await watched.start()
    await watched.lives()
    yield watched
    await watched.supervisor.stop()


async def test_one_that_says_that_it_is_stuck_is_started_again_and_why_is_told(watched: Watched) -> None:
    first = watched.pid
    (watched.place / "stuck").touch()
    await _until(lambda: not psutil.pid_exists(first))
    (watched.place / "stuck").unlink()
    await _until(lambda: watched.pid not in (0, first))
    assert watched.output.fields["scorer is not live: it is ended"]["reason"] == "5 records of ledger wait"


async def test_one_that_stands_still_is_started_again(watched: Watched) -> None:
    first = watched.pid
    psutil.Process(first).suspend()
    await _until(lambda: watched.pid not in (0, first))
    assert watched.output.fields["scorer is not live: it is ended"]["reason"] == "no answer (TimeoutError)"
    assert watched.output.fields["scorer ended: it is started again"]["reason"] == "killed by SIGKILL"


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ([None, "stuck", "stuck", None, "stuck", "stuck", None, "stuck", "stuck", "stuck"], 10),
        (["no answer"] * 9 + [None, "stuck", "stuck", "stuck"], 13),
        (["no answer"] * 10, 10),
    ],
)
async def test_misses_in_a_row_count_and_a_start_has_more_of_them(
    answers: list[str | None], asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = iter(answers)

    async def why_not(_: object) -> str | None:
        return next(left)

    monkeypatch.setattr(vigil, "why_not", why_not)
    await vigil.lost(Answers(1), Vigil(every_s=0, misses=3, misses_at_first=10))
    assert len(answers) - len(list(left)) == asked


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110  # other processes set no event of ours
            await asyncio.sleep(0.02)
