"""A receiver of webhooks that trusts nothing before its signature is verified."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import JsonValue
from standardwebhooks import Webhook, WebhookVerificationError
from standardwebhooks.webhooks import EmptyWebhookSecretError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.cli.answering import TAKEN, Answers, Manners
from shared.errors import ChokepointError

LARGEST_BODY = 1024 * 1024
UNVERIFIED = 401
PREFIX = "whsec_"
WELL = Manners()


@dataclass(frozen=True, slots=True)
class Received:
    message_id: str
    body: dict[str, JsonValue]
    replay: bool
    attempt: int = 1
    """How often a message of this id has come, this time included."""
    answered: int = TAKEN

    @property
    def sequence(self) -> JsonValue:
        data = self.body.get("data")
        return data.get("sequence") if isinstance(data, dict) else None

    def as_line(self) -> str:
        told = {
            "webhook-id": self.message_id,
            "verified": True,
            "answered": self.answered,
            "attempt": self.attempt,
            "replay": self.replay,
            "sequence": self.sequence,
        }
        return json.dumps(told | self.body, ensure_ascii=False)


def unverified_line(message_id: str) -> str:
    return json.dumps({"webhook-id": message_id, "verified": False, "answered": UNVERIFIED})


def receiver(
    secrets: Sequence[str],
    on_verified: Callable[[Received], None],
    on_refused: Callable[[str], None],
    manners: Manners = WELL,
) -> Starlette:
    """Answers as its manners are to a message that one of the secrets verifies, 401 to any other.

    :raises ChokepointError: a secret is none.
    """
    verifiers = [_verifier(position, secret) for position, secret in enumerate(secrets, 1)]
    answers = Answers(manners)
    attempts: Counter[str] = Counter()

    async def receive(request: Request) -> Response:
        body = await request.body() if int(request.headers.get("content-length", 0)) <= LARGEST_BODY else b""
        headers = dict(request.headers)
        if not any(_verifies(verifier, body, headers) for verifier in verifiers):
            on_refused(headers.get("webhook-id", "no webhook-id"))
            return PlainTextResponse("signature does not verify", status_code=UNVERIFIED)
        await asyncio.sleep(manners.slow_s)
        answer = answers.next()
        message_id = headers["webhook-id"]
        attempts[message_id] += 1
        replay = headers.get("chokepoint-replay") == "true"
        on_verified(Received(message_id, json.loads(body), replay, attempts[message_id], answer.status))
        return Response(status_code=answer.status, headers=dict(answer.headers))

    return Starlette(routes=[Route("/{path:path}", receive, methods=["POST"])])


def _verifier(position: int, secret: str) -> Webhook:
    try:
        if secret.startswith(PREFIX):
            return Webhook(secret)
    except (ValueError, EmptyWebhookSecretError):
        pass
    raise ChokepointError(f"secret {position} is none: {PREFIX} and base64, as the endpoint's creation answered it")


def _verifies(verifier: Webhook, body: bytes, headers: dict[str, str]) -> bool:
    try:
        verifier.verify(body, headers)
    except (WebhookVerificationError, ValueError):
        return False
    return True
