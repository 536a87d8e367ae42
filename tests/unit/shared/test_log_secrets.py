"""A log never holds a secret, whoever writes the line and whatever went wrong; and it stays JSON."""

import asyncio
import logging
import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
import structlog

from services.dispatcher.sender import Sender
from services.ingest.testing import Ingest
from shared.kafka.loop import DeadLetterLimit, Tally
from shared.kafka.record import DeadLetter, dead_letter
from shared.log_secrets import without_secrets
from shared.secrets import SecretSettings
from shared.service import run_service
from tests.fixtures.logged import logged
from tests.unit.dispatcher.making import delivery, receiver
from tests.unit.shared.test_fold import Line

KEY = "ck_Zm9yLXlvdXItZXllcy1vbmx5"
SIGNING = "whsec_c2VjcmV0LW9mLXRoaXMtdGVzdA=="
SEALED = "gAAAAABn2JtZ0aVjcmV0LW9mLXRoaXMtdGVzdA-aa_bbbbbbbbbbbb=="
PASSWORD = "hunter2-and-more"
SECRETS = (KEY, SIGNING, SEALED, PASSWORD, "c2VjcmV0LW9mLXRoaXMtdGVzdA", "QWxhZGRpbjpvcGVu", "T0/B0/slackSecret")
EVERYTHING = (
    f"Authorization: Bearer {KEY} | {{'authorization': 'Basic QWxhZGRpbjpvcGVu'}} | (b'authorization', b'{KEY}') | "
    f"{SIGNING} {SEALED} postgresql+asyncpg://chokepoint:{PASSWORD}@db:5432/x https://hooks.slack.com/services/T0/B0/slackSecret"
)


class Leaky(Exception):
    def __init__(self) -> None:
        super().__init__(EVERYTHING)


async def a_request_that_fails() -> None:
    ingest = Ingest()
    ingest.add_key(KEY)
    ingest.customers = None  # type: ignore[assignment]
    object.__setattr__(ingest.door, "writer", None)
    await ingest.post({"kind": "news", "body": EVERYTHING}, authorization=f"Bearer {KEY}", cookie=EVERYTHING)


async def an_attempt_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise Leaky

    monkeypatch.setattr(Sender, "_post", fail)
    async with Sender(()) as sender:
        await sender.send(receiver(headers={"authorization": f"Bearer {KEY}"}), delivery())


def a_record_that_is_not_understood() -> None:
    record = Line(0, EVERYTHING.encode(), key=b"acme", headers=[("event-id", b"e-1")])
    dead = dead_letter(record, DeadLetter(f"no number: {EVERYTHING}"), "scorer", datetime.now(UTC))
    Tally(DeadLetterLimit(), ["ledger"]).count("ledger", 1, [dead])


def libraries_that_quote() -> None:
    for name in ("aiohttp.client", "aiokafka", "uvicorn.error", "sqlalchemy.pool", "asyncio"):
        logging.getLogger(name).error("headers %r", EVERYTHING)


def a_process_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main(_: asyncio.Event) -> None:
        structlog.get_logger("services").warning("odd", headers={"authorization": f"Bearer {KEY}"}, url=EVERYTHING)
        raise Leaky

    async def misled(_: asyncio.Event) -> None:
        monkeypatch.setenv("CHOKEPOINT_SECRET_KEYS", f"{SIGNING},{PASSWORD}")
        SecretSettings()

    for ends in (main, misled):
        with suppress(SystemExit):
            run_service("dispatcher", ends)


def test_no_secret_comes_through_whatever_goes_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.service.configure_logs", lambda _: None)
    with logged() as log:
        asyncio.run(a_request_that_fails())
        asyncio.run(an_attempt_that_fails(monkeypatch))
        a_record_that_is_not_understood()
        libraries_that_quote()
        a_process_that_fails(monkeypatch)
    events = {line["event"] for line in log.lines()}
    assert events >= {
        "unexpected error",
        "an attempt failed in an unexpected way",
        "put aside: not understood",
        "odd",
        "ended",
        "ended by an unexpected error",
    }
    assert "***" in log.getvalue()
    for secret in SECRETS:
        assert secret not in log.getvalue()


@pytest.mark.parametrize(
    "harmless",
    [
        "no copy of ingest answers: Authorization",
        "2 records of ledger wait, https://example.com:8443/in?x=y@z",
        "whpk_public keys, check_name, a bearer of news",
        "key=acme topic=alerts, CHOKEPOINT_SECRET_KEYS: 1 validation error, the secret: 32 bytes, a token: 3 words",
        "https://example.com/in?customer=acme&sort=key, hooks.slack.com refused, monkey=1 tokens=5",
        "no X-Api-Key, no Authorization; password is too short",
        "event 0191d3c2-4b1f-5e6a-9d43-1b2c3d4e5f60 at services/dispatcher/sender.py:99",
    ],
)
def test_what_is_no_secret_stays_readable(harmless: str) -> None:
    assert without_secrets(harmless) == harmless


@pytest.mark.parametrize(
    "quoted",
    [
        "https://prod-12.westeurope.logic.azure.com:443/workflows/a/triggers/manual/paths/invoke?api-version=1&sig={}",
        "https://example.com/in?token={}&x=1",
        "https://example.com/in?x=1&access_token={}#top",
        "https://chat.googleapis.com/v1/spaces/A/messages?key={}",
        "https://example.com/in?api-key={}",
        "https://example.com/in?password={}",
        "https://example.com/in?client_secret={}",
        "https://acme.webhook.office.com/webhookb2/1-2@3-4/IncomingWebhook/{}/5",
        "https://outlook.office.com/webhook/{}",
        "https://hooks.slack.com/services/T0/B0/{}",
        "https://hooks.slack.com/workflows/T0/A0/1/{}",
        "https://hooks.slack.com/triggers/T0/1/{}",
        "https://discord.com/api/webhooks/12/{}",
        "https://discordapp.com/api/webhooks/12/{}",
        "https://api.telegram.org/bot12:{}/sendMessage",
        "password={} ",
        "password: {}",
        "sasl_plain_password='{}', x=1",
        "PGPASSWORD={}",
        '{{"password": "{}"}}',
        '{{\\"client_secret\\": \\"{}\\"}}',
        "api_key={}; passphrase={}",
        "X-Api-Key: {}",
        "{{'x-api-key': '{}'}}",
        "(b'x-auth-token', b'{}')",
        "Authorization: Bearer {}",
        "authorization: basic {}",
        "Proxy-Authorization: Basic {}",
        "Authorization: {}",
        "Cookie: session={}",
    ],
)
def test_what_secrets_go_by_is_known_wherever_it_is_quoted(quoted: str) -> None:
    secret = "zq7-Hunter_2"
    hidden = without_secrets(f"it failed: {quoted.format(secret, secret)}")
    assert "zq7" not in hidden
    assert "unter" not in hidden
    assert hidden.startswith("it failed: ")
    assert "***" in hidden


@pytest.mark.parametrize("repeated", ["x-", "aa.", "&a-", "password", "authorization ", "http:", "secret_"])
def test_a_long_line_is_read_in_time(repeated: str) -> None:
    began = time.process_time()
    without_secrets(repeated * 20_000)
    assert time.process_time() - began < 1
