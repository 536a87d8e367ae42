"""`endpoint.disabled`: operators are told which endpoint gets nothing more, and why."""

from datetime import datetime
from uuid import UUID, uuid5

from services.dispatcher.letters import Letter, addressed
from services.dispatcher.receivers import Receiver
from shared.contracts.alerts import Body
from shared.contracts.base import rfc3339

DISABLED = UUID("5f2c7e0e-7a31-5b6e-8d1c-2f6f0a4c9d10")
"""The namespace of their ids: one version of an endpoint is disabled once."""


def disabled_letter(receiver: Receiver, reason: str, since: datetime, met: Letter, now: datetime) -> Letter:
    """About none of the customers, as far as endpoints are matched. `met`: the message that met the failure; it goes
    the same way. `since` is real time, as attempts are."""
    at = now + (met.accepted_at - met.received_at)  # by the system's clock, as messages and endpoints are dated
    body = Body(
        type="endpoint.disabled",
        timestamp=at,
        data={
            "endpoint_id": receiver.id,
            "customer_id": receiver.customer_id,
            "title": f"Endpoint {receiver.id} is disabled",
            "summary": f"Nothing more is sent to it: {reason}. What is due waits until it is enabled again.",
            "url": _without_secrets(receiver),
            "reason": reason,
            "since": rfc3339(since),
            "links": {"endpoint": f"/v1/endpoints/{receiver.id}"},
        },
    )
    return addressed(str(uuid5(DISABLED, f"{receiver.id}/{receiver.version}")), met.partition, None, body, at)


def _without_secrets(receiver: Receiver) -> str | None:
    """Paths and queries of webhooks are often what lets one post there."""
    return str(receiver.url.origin()) if receiver.url else None
