"""`endpoint.disabled`: operators are told which endpoint gets nothing more, and why."""

from datetime import datetime
from uuid import UUID, uuid5

from services.dispatcher.letters import Letter, addressed
from services.dispatcher.receivers import Receiver
from shared.contracts.alerts import Body

DISABLED = UUID("5f2c7e0e-7a31-5b6e-8d1c-2f6f0a4c9d10")
"""The namespace of their ids: one version of an endpoint is disabled once."""


def disabled_letter(receiver: Receiver, reason: str, partition: int, at: datetime) -> Letter:
    """About none of the customers, as far as endpoints are matched."""
    body = Body(
        type="endpoint.disabled",
        timestamp=at,
        data={
            "endpoint_id": receiver.id,
            "customer_id": receiver.customer_id,
            "title": f"Endpoint {receiver.id} is disabled",
            "summary": f"Nothing more is sent to it: {reason}. What is due waits until it is enabled again.",
            "reason": reason,
            "links": {"endpoint": f"/v1/endpoints/{receiver.id}"},
        },
    )
    return addressed(str(uuid5(DISABLED, f"{receiver.id}/{receiver.version}")), partition, None, body, at)
