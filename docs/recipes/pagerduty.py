"""Chokepoint's alerts as PagerDuty incidents: one incident for an alert, resolved when the alert is.

    ROUTING_KEY=… WEBHOOK_SECRET=whsec_… SEEN=/var/lib/pagerduty.db \\
      uvicorn --factory docs.recipes.pagerduty:from_environment --port 9000

Register its URL with `"ordering": "customer"`, so that an alert's later news comes later. What PagerDuty takes:
https://developer.pagerduty.com/docs/events-api-v2/trigger-events/"""

import json
import os
import sqlite3
from typing import Any

import httpx2
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

ENQUEUE = "https://events.pagerduty.com/v2/enqueue"
SEVERITIES = {"info": "info", "warning": "warning", "high": "error", "critical": "critical"}
ACTIONS = {"open": "trigger", "acknowledged": "acknowledge", "resolved": "resolve", "retracted": "resolve"}


def pagerduty_event(message: dict[str, Any], routing_key: str) -> dict[str, Any] | None:
    """None for what is no alert: tests, heartbeats, and types that come one day."""
    alert = message["data"]
    if not message["type"].startswith("alert.") or alert["status"] not in ACTIONS:
        return None
    return {
        "routing_key": routing_key,
        "event_action": ACTIONS[alert["status"]],
        "dedup_key": f"chokepoint/{alert['id']}",
        "payload": {
            "summary": alert["title"][:1024],
            "source": f"chokepoint/{alert['customer_id']}",
            "severity": SEVERITIES.get(alert["severity"], "error"),
            "timestamp": message["timestamp"],
            "component": alert.get("material"),
            "class": alert["kind"],
            "custom_details": {"summary": alert["summary"], "headline": alert["headline"], "links": alert["links"]},
        },
    }


class Seen:
    """The newest revision of each alert that PagerDuty has: a repeated or replayed one must not open it again."""

    def __init__(self, path: str) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("CREATE TABLE IF NOT EXISTS seen (alert TEXT PRIMARY KEY, revision INTEGER NOT NULL)")

    def newest(self, alert: str) -> int:
        found = self._database.execute("SELECT revision FROM seen WHERE alert = ?", (alert,)).fetchone()
        return int(found[0]) if found else 0

    def add(self, alert: str, revision: int) -> None:
        self._database.execute("INSERT OR REPLACE INTO seen VALUES (?, ?)", (alert, revision))

    def close(self) -> None:
        self._database.close()


def receiver(webhook: Webhook, pagerduty: httpx2.AsyncClient, routing_key: str, seen: Seen) -> Starlette:
    async def receive(request: Request) -> Response:
        try:
            message = webhook.verify(await request.body(), dict(request.headers))
        except WebhookVerificationError:
            return Response(status_code=401)
        event, alert = pagerduty_event(message, routing_key), message["data"]
        if event is None or alert["revision"] <= seen.newest(alert["id"]):
            return Response(status_code=204)
        answer = await pagerduty.post(ENQUEUE, json=event)
        if answer.status_code == 202:
            seen.add(alert["id"], alert["revision"])
            return Response(status_code=204)
        return _not_taken(answer)

    return Starlette(routes=[Route("/", receive, methods=["POST"])])


def _not_taken(answer: httpx2.Response) -> Response:
    """Chokepoint keeps the message and tries again, not before PagerDuty wants it to."""
    wait = {"retry-after": answer.headers["retry-after"]} if "retry-after" in answer.headers else {}
    busy = answer.status_code == 429 or answer.status_code >= 500
    told = json.dumps({"pagerduty": answer.status_code})
    return Response(told, 503 if busy else 502, headers=wait, media_type="application/json")


def from_environment() -> Starlette:
    pagerduty = httpx2.AsyncClient(timeout=10)  # less than the 15 s that Chokepoint waits
    webhook = Webhook(os.environ["WEBHOOK_SECRET"])
    return receiver(webhook, pagerduty, os.environ["ROUTING_KEY"], Seen(os.environ.get("SEEN", "seen.db")))
