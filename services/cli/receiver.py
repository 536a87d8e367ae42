"""A receiver of webhooks that trusts nothing before its signature is verified."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import JsonValue
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

LARGEST_BODY = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    message_id: str
    body: dict[str, JsonValue]
    replay: bool

    def as_line(self) -> str:
        return json.dumps({"webhook-id": self.message_id, "replay": self.replay} | self.body, ensure_ascii=False)


def receiver(
    secrets: Sequence[str], on_verified: Callable[[Received], None], on_refused: Callable[[str], None]
) -> Starlette:
    """Answers 204 to a message that one of the secrets verifies, 401 to any other."""
    verifiers = [Webhook(secret) for secret in secrets]

    async def receive(request: Request) -> Response:
        body = await request.body() if int(request.headers.get("content-length", 0)) <= LARGEST_BODY else b""
        headers = dict(request.headers)
        if not any(_verifies(verifier, body, headers) for verifier in verifiers):
            on_refused(headers.get("webhook-id", "no webhook-id"))
            return PlainTextResponse("signature does not verify", status_code=401)
        replay = headers.get("chokepoint-replay") == "true"
        on_verified(Received(headers["webhook-id"], json.loads(body), replay))
        return Response(status_code=204)

    return Starlette(routes=[Route("/{path:path}", receive, methods=["POST"])])


def _verifies(verifier: Webhook, body: bytes, headers: dict[str, str]) -> bool:
    try:
        verifier.verify(body, headers)
    except (WebhookVerificationError, ValueError):
        return False
    return True
