"""One attempt: a signed POST, and what came back."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import structlog
from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientError,
    ClientSSLError,
    ServerDisconnectedError,
)
from aiohttp.http import HttpProcessingError

from services.dispatcher.deadlines import Deadlines
from services.dispatcher.formats.formatted import formatted
from services.dispatcher.letters import Delivery
from services.dispatcher.posting import Response, post
from services.dispatcher.receivers import Receiver
from shared.domain.delivery.policy import Answer
from shared.http.addresses import Network
from shared.http.egress import RefusedUrl, Resolve, guarded, resolve
from shared.logs import subject
from shared.secrets import SealBroken
from shared.tracing.context import current
from shared.tracing.spans import begin, recording
from shared.version import VERSION

log = structlog.get_logger(__name__)

TOTAL_S = 15.0
READ_AT_MOST = 64 * 1024
HEAD = 1024
BODY_WITHIN_S = 2.0
"""Once the status is there the verdict is: the rest is read for the log and for the connection's next use only."""


@dataclass(frozen=True, slots=True)
class Reply:
    answer: Answer
    at: datetime
    latency_s: float
    head: str = ""


class Sender:
    """`public_url`: where people reach control, for the links of chat formats."""

    def __init__(
        self,
        allow: Sequence[Network],
        *,
        resolve: Resolve = resolve,
        total_s: float = TOTAL_S,
        public_url: str | None = None,
    ) -> None:
        self._public_url = public_url
        self._connectors = {scheme: guarded(scheme, allow, resolve) for scheme in ("https", "http")}
        self._total_s = total_s
        self._deadlines = Deadlines(total_s)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connector in self._connectors.values():
            await connector.close()

    async def send(self, receiver: Receiver, delivery: Delivery) -> Reply:
        """In a task of its own: what is logged in it is about this delivery."""
        span, about = begin("webhook", delivery.letter.traceparent, "client"), delivery.ids()
        current.set(span.traceparent)
        subject.set(about)
        reply = await self._attempt(receiver, delivery, span.traceparent)
        if recording():
            status = reply.answer.status or 0
            span.end(
                {"http.response.status_code": status, "chokepoint.attempt": delivery.attempts + 1}
                | {f"chokepoint.{name}": value for name, value in about.items() if value},
                failure=None if reply.answer.ok else f"status {status}" if status else "no answer",
            )
        return reply

    async def _attempt(self, receiver: Receiver, delivery: Delivery, traceparent: str) -> Reply:
        at, begun = datetime.now(UTC), time.perf_counter()
        head = ""
        try:
            answer, head = await self._post(receiver, delivery, at, traceparent)
        except (RefusedUrl, SealBroken) as error:
            answer = Answer(None, str(error))
        except (ClientError, HttpProcessingError, OSError, ValueError) as error:
            # a time-out is an OSError; a bad header a ValueError
            answer = Answer(None, _clean(self._told(error)))
        except Exception as error:  # whatever a receiver makes a client do must not stop the others' messages
            log.exception("an attempt failed in an unexpected way")
            answer = Answer(None, f"unexpected: {type(error).__name__}")
        return Reply(answer, at, time.perf_counter() - begun, head)

    async def _post(self, receiver: Receiver, delivery: Delivery, at: datetime, traceparent: str) -> tuple[Answer, str]:
        if receiver.url is None:
            raise RefusedUrl(receiver.refused)
        letter = delivery.letter
        made = formatted(letter, receiver.config.format, self._public_url)
        headers = {
            **receiver.headers.opened(),
            "user-agent": f"chokepoint/{VERSION}",
            "content-type": made.content_type,
            "webhook-id": letter.message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": receiver.signer.sign(letter.message_id, at, made.body),
            "traceparent": traceparent,
            **dict(delivery.marks()),
        }
        with self._deadlines.one() as deadline:
            response = await post(self._connectors[receiver.url.scheme], receiver.url, headers, made.body)
        head = await _read(response, deadline.at)
        return Answer(response.status, retry_after=response.headers.get("retry-after")), head

    def _told(self, error: Exception) -> str:
        """In words that say nothing of our own network."""
        match error:
            case TimeoutError():
                return f"no answer within {self._total_s:g} s"
            case ClientConnectorCertificateError():
                return f"TLS: {error.certificate_error}"
            case ClientSSLError():
                return f"TLS: {error.os_error.strerror or error.os_error}"
            case ClientConnectorError():
                return f"no connection: {error.os_error.strerror or error.os_error}"
            case HttpProcessingError():
                return f"no valid HTTP answer: {error.message}"
            case ServerDisconnectedError():
                return "the connection was closed before an answer came"
            case _:
                return f"{type(error).__name__}: {error}"


def _clean(text: str) -> str:
    """It may quote what a receiver sent: bytes that are no text, or more than a log line should hold."""
    return text.encode(errors="replace").decode().replace("\x00", "")[:300]


async def _read(response: Response, until: float) -> str:
    """The beginning of the body. What is longer than we read, or too slow, costs the connection, not the
    verdict. `until`: when the attempt must have ended, in the loop's time."""
    head = b""
    read = 0
    try:
        if not response.content.at_eof():
            async with asyncio.timeout_at(min(until, asyncio.get_running_loop().time() + BODY_WITHIN_S)):
                async for chunk in response.content.iter_any():
                    head += chunk[: HEAD - len(head)]
                    read += len(chunk)
                    if read > READ_AT_MOST:
                        break
    except (ClientError, OSError):
        response.close()
    finally:
        response.release()
    return head.decode(errors="replace").replace("\x00", "")
