"""Asks a process whether it is ready. None: it is; otherwise the reason why not."""

import asyncio
from subprocess import DEVNULL

from services.cli.supervisor.spec import Answers, Listens, Probe, Succeeds

WITHIN_S = 2.0
LARGEST_ANSWER = 4_096


async def why_not(probe: Probe) -> str | None:
    try:
        async with asyncio.timeout(WITHIN_S):
            match probe:
                case Listens():
                    return await _listens(probe)
                case Answers():
                    return await _answers(probe)
                case Succeeds():
                    return await _succeeds(probe)
    except (OSError, TimeoutError, EOFError, ValueError) as error:
        return f"no answer ({type(error).__name__})"


async def _listens(probe: Listens) -> str | None:
    _, writer = await asyncio.open_connection("127.0.0.1", probe.port)
    writer.close()
    return None


async def _answers(probe: Answers) -> str | None:
    reader, writer = await asyncio.open_connection("127.0.0.1", probe.port)
    try:
        writer.write(f"GET {probe.path} HTTP/1.0\r\nHost: 127.0.0.1:{probe.port}\r\n\r\n".encode())
        status = int((await reader.readline()).split()[1])
        answer = b""
        while more := await reader.read(LARGEST_ANSWER - len(answer)):  # until it closes, as HTTP/1.0 ends
            answer += more
    except IndexError:
        return "no answer"
    finally:
        writer.close()
    body = answer.partition(b"\r\n\r\n")[2].decode(errors="replace")
    return None if status == 200 else body.strip() or f"status {status}"


async def _succeeds(probe: Succeeds) -> str | None:
    process = await asyncio.create_subprocess_exec(*probe.argv, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)
    try:
        return None if await process.wait() == 0 else "not yet"
    finally:
        if process.returncode is None:
            process.kill()
