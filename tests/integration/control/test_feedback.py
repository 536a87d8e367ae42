"""People say which alerts were false alarms, and the rate is told by kind and source, to each of its own."""

import pytest

from tests.integration.control.process import Running, say, until
from tests.integration.control.test_projections import message, put_customer, told

pytestmark = pytest.mark.integration


async def test_verdicts_are_kept_and_counted_by_kind_and_source(control: Running) -> None:
    async with control.client() as client:
        for customer in ("judge-a", "judge-b"):
            await put_customer(client, customer)
        made = {"name": "a", "scopes": ["alerts:read", "alerts:write"], "customer_id": "judge-a"}
        own = (await client.post("/keys", json=made)).json()["key"]
        await say(control.bootstrap, told(message("judge-a", 1)), told(message("judge-b", 1)))
        given = await client.post("/alerts/judge-a-alert:feedback", json={"verdict": "useful", "note": "in time"})
        assert (given.status_code, given.json()["verdict"], given.json()["note"]) == (200, "useful", "in time")
        await client.post("/alerts/judge-b-alert:feedback", json={"verdict": "useful"})
        await client.post("/alerts/judge-b-alert:feedback", json={"verdict": "false"})

        async with control.client(own) as bound:

            async def known() -> bool:  # a key that was made just now
                return (await bound.get("/feedback")).is_success

            await until(known)
            [mine] = (await bound.get("/feedback")).json()["items"]
            assert (await bound.post("/alerts/judge-b-alert:feedback", json={"verdict": "late"})).status_code == 404
        [both] = (await client.get("/feedback")).json()["items"]
        unclear = await client.post("/alerts/judge-a-alert:feedback", json={"verdict": "meh"})
        metrics = (await client.get(f"{control.url}/metrics")).text
    assert (mine["kind"], mine["useful"], mine["false"], mine["false_alarm_rate"]) == ("licence", 1, 0, 0.0)
    assert (both["useful"], both["false"], both["false_alarm_rate"]) == (1, 1, 0.5), "a changed mind counts once"
    assert unclear.status_code == 422
    assert 'chokepoint_feedback_total{kind="licence",verdict="false"} 1.0' in metrics
