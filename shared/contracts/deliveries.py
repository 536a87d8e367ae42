"""What the dispatcher reports on `deliveries` and what control asks of it on `commands`."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.base import Instant, Wire
from shared.contracts.endpoints import Circuit

DeliveryState = Literal["due", "delivered", "dead", "cancelled", "collapsed"]
"""collapsed: a newer message of the same alert was sent instead, and said so."""


class Attempt(Wire):
    """One try at one delivery, and where it leaves the delivery."""

    kind: Literal["attempt"] = "attempt"
    delivery_id: str
    message_id: str
    endpoint_id: str
    customer_id: str | None = None
    type: str
    sequence: int | None = None
    attempt: int
    replay: bool = False
    at: Instant
    """Real time, as `webhook-timestamp`."""
    latency_ms: float
    status: int | None = None
    """HTTP status; absent where no answer came."""
    error: str | None = None
    response_head: str = ""
    """At most 1 KiB."""
    state: DeliveryState
    next_attempt_at: Instant | None = None


class EndpointDisabled(Wire):
    kind: Literal["endpoint_disabled"] = "endpoint_disabled"
    endpoint_id: str
    customer_id: str | None = None
    at: Instant
    reason: str


class EndpointCircuit(Wire):
    kind: Literal["endpoint_circuit"] = "endpoint_circuit"
    endpoint_id: str
    customer_id: str | None = None
    at: Instant
    circuit: Circuit


class RetryDelivery(Wire):
    kind: Literal["retry"] = "retry"
    id: str
    delivery_id: str
    endpoint_id: str


class ReplayMessages(Wire):
    """What the endpoint was sent, or should have been, in a span of domain time, both ends included, once more. An
    endpoint that sees every customer is replayed by one such command on each partition."""

    kind: Literal["replay"] = "replay"
    id: str
    endpoint_id: str
    since: Instant
    until: Instant
    only_failed: bool = False


class SendTest(Wire):
    kind: Literal["test"] = "test"
    id: str
    endpoint_id: str
    customer_id: str | None = None
    at: Instant


DeliveryReport = Annotated[Attempt | EndpointDisabled | EndpointCircuit, Field(discriminator="kind")]
Command = Annotated[RetryDelivery | ReplayMessages | SendTest, Field(discriminator="kind")]
