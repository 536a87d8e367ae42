"""What aiokafka leaves open where a broker dies, found by killing one: a reader stood still for ever, and said nothing.

1. On uvloop a write to a connection that has just broken raises a `RuntimeError`; aiokafka expects an `OSError`
   (aiokafka's issue 1038). Whoever wrote ends: the task that renews the metadata without a word, and all who wait for
   metadata then wait for ever. `connection` is imported by whoever opens a client, and it imports this.
2. The client cancels tasks of its own, awaits them, and lets their cancellation through to us. A task group takes a
   cancelled task for one that may go, and the process would go on without its reader."""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError

from shared.errors import ChokepointError


class Client(Protocol):
    async def stop(self) -> None: ...


async def stop(client: Client) -> None:
    """Ends a consumer or producer, and is not cancelled by what it cancels."""
    stopping = asyncio.ensure_future(client.stop())
    await asyncio.wait({stopping})
    if not stopping.cancelled():
        stopping.result()


@contextmanager
def cancelled_by_us_alone() -> Iterator[None]:
    """:raises ChokepointError: the block was cancelled, and not by whoever runs this task."""
    try:
        yield
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise ChokepointError("the Kafka client has cancelled what its reader waited for: read anew") from error


_send = AIOKafkaConnection.send
_send_sasl_token = AIOKafkaConnection._send_sasl_token  # noqa: SLF001


def _broken(connection: AIOKafkaConnection, error: RuntimeError) -> KafkaConnectionError:
    if type(error) is not RuntimeError:  # a `NotImplementedError` is one, too: no writing, and nothing broke
        raise error
    connection.close(reason=CloseReason.CONNECTION_BROKEN)
    return KafkaConnectionError(f"Connection at {connection.host}:{connection.port} broken: {error}")


def _send_on_uvloop(self: AIOKafkaConnection, request: Any, expect_response: bool = True) -> Awaitable[Any]:
    try:
        return _send(self, request, expect_response)  # type: ignore[no-any-return]  # aiokafka has no types
    except RuntimeError as error:
        raise _broken(self, error) from error


def _send_sasl_token_on_uvloop(
    self: AIOKafkaConnection, payload: bytes, expect_response: bool = True
) -> Awaitable[Any]:
    try:
        return _send_sasl_token(self, payload, expect_response)  # type: ignore[no-any-return]
    except RuntimeError as error:
        raise _broken(self, error) from error


AIOKafkaConnection.send = _send_on_uvloop
AIOKafkaConnection._send_sasl_token = _send_sasl_token_on_uvloop  # noqa: SLF001
