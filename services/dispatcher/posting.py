"""A POST and the head of its answer, on a connection of aiohttp's. Its sessions, requests and responses would add what
we want none of: cookies, proxies, redirects, repeats, bodies of any kind, and a task that writes them."""

from collections.abc import Mapping

from aiohttp import ClientConnectionResetError, ClientRequest, ClientTimeout, StreamReader
from aiohttp.connector import Connection
from multidict import CIMultiDictProxy
from yarl import URL

from shared.http.answers import SWITCHING, BoundedConnector

UNTIMED = ClientTimeout(total=None, sock_connect=None)
"""Who posts sees to the time."""


class _Destination(ClientRequest):
    """What a connector asks of a request."""

    _ssl = True
    server_hostname = proxy = proxy_auth = proxy_headers = None

    def __init__(self, url: URL) -> None:
        self.url = url


class Response:
    """`release` is called once it has been read, as far as it is."""

    __slots__ = ("_connection", "content", "headers", "status")

    def __init__(
        self, connection: Connection, status: int, headers: CIMultiDictProxy[str], content: StreamReader
    ) -> None:
        self._connection = connection
        self.status = status
        self.headers = headers
        self.content = content

    def release(self) -> None:
        """The connection is used again where the request is gone and the answer has come, both as a whole."""
        transport = self._connection.transport
        if transport is not None and transport.get_write_buffer_size():
            self._connection.close()
        else:
            self._connection.release()

    def close(self) -> None:
        self._connection.close()


async def post(connector: BoundedConnector, url: URL, headers: Mapping[str, str], body: bytes) -> Response:
    """:raises ValueError: a header has a line break in it."""
    head = _head(url, headers, len(body))
    connection = await connector.connect(_Destination(url), traces=[], timeout=UNTIMED)
    try:
        return await _exchange(connection, head + body)
    except BaseException:
        connection.close()
        raise


async def _exchange(connection: Connection, request: bytes) -> Response:
    protocol, transport = connection.protocol, connection.transport
    if protocol is None or transport is None or transport.is_closing():
        raise ClientConnectionResetError("the connection was closed before the request")
    # what is compressed to 64 KiB may be gigabytes
    protocol.set_response_params(read_until_eof=True, auto_decompress=False)
    transport.write(request)
    while True:
        message, content = await protocol.read()
        if message.code >= 200 or message.code == SWITCHING:
            return Response(connection, message.code, message.headers, content)


def _head(url: URL, headers: Mapping[str, str], length: int) -> bytes:
    lines = [
        f"POST {url.raw_path_qs} HTTP/1.1",
        f"Host: {url.host_port_subcomponent}",
        *[f"{name}: {value}" for name, value in headers.items()],
        f"Content-Length: {length}",
    ]
    head = "\r\n".join(lines)
    if head.count("\r") + head.count("\n") + head.count("\0") != 2 * (len(lines) - 1):
        raise ValueError("a header has a line break or a null byte in it")
    return f"{head}\r\n\r\n".encode()
