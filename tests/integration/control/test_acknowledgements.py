"""Who has acknowledged an alert is not reminded of it; a graver word opens it anew, and can be acknowledged again."""

import asyncio
from datetime import datetime, timedelta

import httpx2
import pytest

from shared.contracts.alerts import AlertData, Message
from shared.contracts.base import Severity
from shared.kafka.topics import LEDGER
from tests.integration.control.process import Running, records, say, until
from tests.integration.control.test_projections import NOON, message, put_customer, told

pytestmark = pytest.mark.integration


def graded(sequence: int, severity: Severity, opened_at: datetime = NOON) -> Message:
    one = message("graver", sequence, "alert.opened" if sequence == 1 else "alert.updated")
    assert isinstance(one.body.data, AlertData)
    data = one.body.data.model_copy(update={"severity": severity, "opened_at": opened_at})
    return one.model_copy(update={"severity": severity, "body": one.body.model_copy(update={"data": data})})


async def hear(client: httpx2.AsyncClient, control: Running, one: Message) -> str:
    """The status once the message has been read."""
    await say(control.bootstrap, told(one))
    shown: dict[str, object] = {}

    async def read() -> bool:
        answer = await client.get("/alerts/graver-alert")
        shown.update(answer.json() if answer.is_success else {})
        return shown.get("summary") == f"As of message {one.sequence}"

    await until(read)
    return str(shown["status"])


async def test_a_graver_word_opens_it_anew_and_it_can_be_acknowledged_again(control: Running) -> None:
    async with control.client() as client:
        await put_customer(client, "graver")
        assert await hear(client, control, graded(1, "warning")) == "open"
        await client.post("/alerts/graver-alert:acknowledge")
        assert await hear(client, control, graded(2, "warning")) == "acknowledged", "the scorer had not heard of it"
        assert await hear(client, control, graded(3, "high")) == "open"
        again = await client.post("/alerts/graver-alert:acknowledge")
        assert again.json()["status"] == "acknowledged"

        async def told_twice() -> bool:
            ledger = await records(control.bootstrap, LEDGER, "graver")
            return sum(b'"acknowledgement"' in (one.value or b"") for one in ledger) == 2

        await until(told_twice)
        # the customer was deleted and put again: of the end of its alerts nobody was told
        assert await hear(client, control, graded(4, "high", NOON + timedelta(hours=1))) == "open"
        anew = await client.post("/alerts/graver-alert:acknowledge")
        assert anew.json()["status"] == "acknowledged"


async def test_a_webhook_that_was_faster_than_what_is_shown_can_be_acknowledged_at_once(control: Running) -> None:
    async with control.client() as client:
        await put_customer(client, "hasty")
        early = asyncio.create_task(client.post("/alerts/hasty-alert:acknowledge"))
        await asyncio.sleep(0.1)
        assert not early.done(), "it does not wait for the alert"
        await say(control.bootstrap, told(message("hasty", 1)))
        answer = await early
        assert (answer.status_code, answer.json()["status"]) == (200, "acknowledged")
        assert (await client.post("/alerts/nothing:acknowledge")).status_code == 404
