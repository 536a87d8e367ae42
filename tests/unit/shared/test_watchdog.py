"""An event loop that does not turn can neither answer nor end: a thread beside it does."""

import asyncio
import os
import signal
import subprocess
import sys
import time

from shared.watchdog import Patience, watched

SOON = Patience(beat_s=0.02, beats=5)


async def test_a_loop_that_hangs_is_left_and_where_it_hangs_is_told() -> None:
    left: list[str] = []
    with watched(asyncio.get_running_loop(), SOON, left.append):
        await asyncio.sleep(0.05)
        assert not left
        time.sleep(0.4)  # noqa: ASYNC251  # what is tested
    [reason] = left
    assert reason.startswith("nothing moved for 0.1 s: ")
    assert "test_a_loop_that_hangs_is_left" in reason


async def test_one_that_turns_is_let_alone() -> None:
    left: list[str] = []
    with watched(asyncio.get_running_loop(), SOON, left.append):
        for _ in range(30):
            await asyncio.sleep(0.01)
    assert not left


def test_a_process_that_was_stopped_as_a_whole_is_let_alone() -> None:
    code = (
        "import asyncio; from shared.watchdog import *\n"
        "async def main():\n"
        "    with watched(asyncio.get_running_loop(), Patience(beat_s=0.05, beats=4)):\n"
        "        print('begun', flush=True); await asyncio.sleep(0.5)\n"
        "asyncio.run(main())"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)  # noqa: S603
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    os.kill(process.pid, signal.SIGSTOP)
    time.sleep(0.6)
    os.kill(process.pid, signal.SIGCONT)
    process.stdout.close()
    assert process.wait(10) == 0
