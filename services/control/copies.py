"""The copies of a service behind one name: where each answers for a part, all are asked; where one leads, that one."""

import asyncio
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp

from shared.http.problems import Problem, unavailable

NAMED_WITHIN_S = 2


async def copies_of(url: str) -> list[str]:
    """Of each by its address. IPv4 where there is any: a copy that has both would be asked twice.

    :raises Problem: 503, where nobody knows the name.
    """
    named = urlsplit(url)
    port = named.port or 80
    looked_up = asyncio.get_running_loop().getaddrinfo(named.hostname or "", port, type=socket.SOCK_STREAM)
    try:
        found = await asyncio.wait_for(looked_up, NAMED_WITHIN_S)
    except OSError as error:
        raise unavailable(f"no address of {named.hostname}: {error.strerror or type(error).__name__}", 2) from None
    by_family = {family: {str(at[0]) for other, *_, at in found if other == family} for family, *_ in found}
    hosts = by_family.get(socket.AF_INET) or {f"[{address}]" for address in by_family[socket.AF_INET6]}
    return [named._replace(netloc=f"{host}:{port}").geturl().rstrip("/") for host in sorted(hosts)]


async def leaders_answer(url: str, path: str, within_s: float, asked: Mapping[str, str] | None = None) -> bytes:
    """The registry's: of the copy that leads, as one that stands by says 503.

    :raises Problem: 503, where none leads.
    """
    timeout = aiohttp.ClientTimeout(total=within_s)
    copies = await copies_of(url)
    async with aiohttp.ClientSession(timeout=timeout) as session, asyncio.TaskGroup() as tasks:
        asking = {tasks.create_task(_ask(session, f"{copy}/{path}", asked)) for copy in copies}
        said: list[str] = []
        for each in asyncio.as_completed(asking):
            answer = await each
            if isinstance(answer, bytes):
                for late in asking:
                    late.cancel()
                return answer
            said.append(answer)
    raise unavailable(f"no answer from the registry at {url}: {'; '.join(sorted(said))}", 2)


async def all_answers(
    url: str, path: str, within_s: float, headers: Mapping[str, str]
) -> tuple[list[bytes], list[str]]:
    """Of every copy; and, a line each, why there is none of it."""
    try:
        copies = await copies_of(url)
    except Problem as nobody:
        return [], [str(nobody.detail)]
    timeout = aiohttp.ClientTimeout(total=within_s)
    async with aiohttp.ClientSession(timeout=timeout, headers=headers) as session:
        said = await asyncio.gather(*(_ask(session, f"{copy}/{path}") for copy in copies))
    return [each for each in said if isinstance(each, bytes)], [each for each in said if isinstance(each, str)]


async def _ask(session: aiohttp.ClientSession, url: str, asked: Mapping[str, str] | None = None) -> bytes | str:
    """The answer, or why there is none."""
    try:
        async with session.get(url, params=asked) as answer:
            if answer.status == 200:
                return await answer.read()
            return f"{urlsplit(url).hostname} said {answer.status}: its /readyz may say why"
    except (TimeoutError, aiohttp.ClientError) as error:
        return f"{urlsplit(url).hostname}: {type(error).__name__}"
