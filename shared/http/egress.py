"""Where customers' URLs may lead: never into a network that is not the open internet, unless the operator allows it.

The rule is asked twice: when an endpoint is registered (`check_url`), and again on every connection, of the very
address that is connected to (`guarded`): a name that changes its mind in between gains nothing."""

import asyncio
import re
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import AddrInfoType

from shared.errors import ChokepointError
from shared.http.addresses import Address, Network, plain, special
from shared.http.answers import BoundedConnector

PORTS = frozenset({80, 443, 8080, 8443})
RESOLVE_WITHIN_S = 5.0
_resolving = threading.BoundedSemaphore(1_024)
"""More than attempts at once: a thread may outlive the attempt that asked."""
KEEP_ALIVE_S = 4.0
"""Under the five seconds after which many servers close: a connection must not end while a request is on its way."""

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?(?:[/?][A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]*)?",
    re.ASCII,
)
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*", re.ASCII)
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]


class RefusedUrl(ChokepointError):
    """The message says what is wrong with the URL, not what stands behind it."""


@dataclass(frozen=True, slots=True)
class Destination:
    scheme: str
    host: str
    """A name, or an address without brackets."""
    port: int

    @property
    def address(self) -> Address | None:
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def usual(self) -> bool:
        """Encrypted, on a port where web servers stand: may be anywhere on the open internet."""
        return self.scheme == "https" and self.port in PORTS


def read_url(url: str) -> Destination:
    """One strict reading: a spelling that two programs could read differently is refused, not guessed at.

    :raises RefusedUrl: it is not an absolute http(s) URL, or its host is spelled so that it could hide another.
    """
    found = _URL.fullmatch(url)
    if found is None:
        raise RefusedUrl(_what_is_wrong(url))
    scheme, host = found["scheme"], found["host"].strip("[]")
    port = int(found["port"] or (443 if scheme == "https" else 80))
    if not 1 <= port <= 65_535:
        raise RefusedUrl(f"port {port} does not exist")
    destination = Destination(scheme, host.lower(), port)
    if destination.address is None:
        _check_name(found["host"])
    return destination


def _what_is_wrong(url: str) -> str:
    if not re.match(r"https?://", url):
        return "a URL starts with https:// (or, to an allowed address, http://), in small letters"
    if not url.isascii():
        return "a URL is written in ASCII: international names in their xn-- form, other characters as %XX"
    authority = re.split(r"[/?#]", url.split("//", 1)[1])[0]
    if "@" in authority:
        return "a URL carries no user name or password: use the endpoint's headers"
    if "#" in url:
        return "a URL carries no fragment (#…): receivers never see it"
    return "not a URL of the form https://host[:port]/path: odd characters in it, or no host"


def _check_name(host: str) -> None:
    labels = host.removesuffix(".").split(".")
    if host.startswith("["):
        raise RefusedUrl("the host in brackets is not an IPv6 address")
    if _NUMBER.fullmatch(labels[-1]):
        raise RefusedUrl("an IPv4 address is written as four decimal numbers without leading zeros: 203.0.113.7")
    if any(not label or len(label) > 63 for label in labels) or len(host) > 253:
        raise RefusedUrl("the host is not a name: a label is empty or longer than 63 characters")


def refusal(destination: Destination, address: Address, allow: Sequence[Network]) -> str | None:
    """Why this destination may not be reached at this address; none: it may."""
    end = plain(address)
    if any(end.version == network.version and end in network for network in allow):
        return None
    if what := special(end):
        return f"its address is {what}"
    if destination.usual:
        return None
    return f"{destination.scheme} on port {destination.port} may only lead to an address that the operator allows"


async def resolve(host: str, port: int) -> Sequence[Address]:
    """Each question has a thread of its own: the system may think for half a minute about a name that nobody answers
    for, and a few such names would hold up everybody else's in a pool.

    :raises OSError: there is no such name, or nobody answers for it.
    """
    if not _resolving.acquire(blocking=False):
        raise OSError("too many names are being resolved")
    answer: Future[Sequence[Address]] = Future()
    threading.Thread(target=_ask_the_system, args=(host, port, answer), name="resolve", daemon=True).start()
    return await asyncio.wrap_future(answer)


def _ask_the_system(host: str, port: int, answer: Future[Sequence[Address]]) -> None:
    try:
        if answer.set_running_or_notify_cancel():
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.set_result([ip_address(str(info[4][0]).partition("%")[0]) for info in found])
    except Exception as error:  # whoever asked is told
        answer.set_exception(error)
    finally:
        _resolving.release()


async def addresses(destination: Destination, allow: Sequence[Network], resolve: Resolve = resolve) -> list[Address]:
    """Every address of the destination, each of them checked: one bad address refuses the name.

    :raises RefusedUrl: the name does not resolve, or leads where it may not.
    """
    literal = destination.address
    if literal is not None:
        found: Sequence[Address] = [literal]
    else:
        try:
            async with asyncio.timeout(RESOLVE_WITHIN_S):
                found = await resolve(destination.host, destination.port)
        except (OSError, UnicodeError) as error:  # a time-out is an OSError
            raise RefusedUrl(f"the name {destination.host} does not resolve") from error
    if not found:
        raise RefusedUrl(f"the name {destination.host} does not resolve")
    for address in found:
        if reason := refusal(destination, address, allow):
            raise RefusedUrl(f"{destination.host} is refused: {reason}; see CHOKEPOINT_ALLOW_SUBNETS")
    return list(dict.fromkeys(found))


async def check_url(url: str, allow: Sequence[Network], resolve: Resolve = resolve) -> None:
    """:raises RefusedUrl: webhooks are not sent there; the message says why."""
    await addresses(read_url(url), allow, resolve)


class PinnedResolver(AbstractResolver):
    """Gives a connector the addresses that were checked, and no others."""

    def __init__(self, scheme: str, allow: Sequence[Network], resolve: Resolve = resolve) -> None:
        self._scheme = scheme
        self._allow = allow
        self._resolve = resolve

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        checked = await addresses(Destination(self._scheme, host, port), self._allow, self._resolve)
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in checked
            if family in {socket.AF_UNSPEC, socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6}
        ]

    async def close(self) -> None:
        pass


def guarded(scheme: str, allow: Sequence[Network], resolve: Resolve = resolve) -> BoundedConnector:
    """A connector for requests of one scheme. Names go through the resolver; addresses written in URLs do not, so every
    socket is checked once more before it is made."""

    def checked_socket(info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, (host, port, *_) = info
        if reason := refusal(Destination(scheme, host, port), ip_address(host), allow):
            raise RefusedUrl(f"{host} is refused: {reason}; see CHOKEPOINT_ALLOW_SUBNETS")
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made

    return BoundedConnector(
        resolver=PinnedResolver(scheme, allow, resolve),
        use_dns_cache=False,
        socket_factory=checked_socket,
        keepalive_timeout=KEEP_ALIVE_S,
        limit=0,
    )
