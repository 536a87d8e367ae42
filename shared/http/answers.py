"""What a server may say to a request before it answers. A client passes over interim answers (1xx), and aiohttp does so
over any number of them, whatever their headers hold. What a stranger's server sends is counted here as it comes in,
before a queue can grow with it or the loop be kept busy by it."""

import sys
from functools import partial
from typing import Any, cast

from aiohttp import TCPConnector
from aiohttp.client_proto import ResponseHandler
from aiohttp.http import HttpProcessingError, RawResponseMessage
from aiohttp.streams import StreamReader

INTERIM_AT_MOST = 16
HEAD_AT_MOST = 64 * 1024
"""Bytes up to the end of the answer's own head, interim answers among them."""
SWITCHING = 101
"""The one of its hundred that is no interim answer."""


class BoundedAnswer(ResponseHandler):
    """One request, one answer: who sends more loses the connection."""

    _answered = True
    _interim = 0
    _room = sys.maxsize
    _refused: HttpProcessingError | None = None

    def set_response_params(self, **params: Any) -> None:
        """Comes before each request."""
        self._answered, self._interim, self._room = False, 0, HEAD_AT_MOST
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        if self._refused is not None:
            return
        if data and self._answered and self._payload is not None and self._payload.is_eof():
            self._refuse("more than one answer")
            return
        head, rest = data[: self._room], data[self._room :]
        self._room -= len(head)
        super().data_received(head)
        if self._room:
            if rest:  # the head has ended, and with it the bound
                super().data_received(rest)
        elif self._exception is None:
            self._refuse(f"more than {HEAD_AT_MOST // 1024} KiB before the end of its head")

    def feed_data(self, data: tuple[RawResponseMessage, StreamReader], size: int = 0) -> None:
        if self._refused is not None:
            return
        if self._answered:
            self._refuse("more than one answer")
            return
        if 100 <= data[0].code < 200 and data[0].code != SWITCHING:
            self._interim += 1
            if self._interim > INTERIM_AT_MOST:
                self._refuse(f"more than {INTERIM_AT_MOST} interim answers")
                return
        else:
            self._answered, self._room = True, sys.maxsize
        super().feed_data(data, size)

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        if self._refused is not None:  # that we cut it off is not the reason
            self._exception = self._refused

    def _refuse(self, why: str) -> None:
        self._refused = HttpProcessingError(message=why)
        if self.transport is not None:
            self.transport.abort()
        self.set_exception(self._refused)


class BoundedConnector(TCPConnector):
    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._factory = partial(cast("type[ResponseHandler]", BoundedAnswer), loop=self._loop)
