"""A first event to post, as a `curl` line that can be pasted as it stands."""

import json
import shlex
from datetime import datetime, timedelta


def example_event(now: datetime) -> dict[str, object]:
    """An act that was announced today and counts at once. It is made up, and says so."""
    today = now.date().isoformat()
    return {
        "kind": "measure_change",
        "source": {"name": "MOFCOM", "type": "government"},
        "issuer": "CN",
        "act": f"EXAMPLE-{today}",
        "title": "Example: export licences for terbium",
        "instrument": "licence_requirement",
        "action": "imposed",
        "materials": ["terbium"],
        "targets": ["*"],
        "announced_on": today,
        "effective_on": today,
        "until": (now.date() + timedelta(days=365)).isoformat(),
    }


def curl_line(url: str, key: str, now: datetime) -> str:
    body = json.dumps(example_event(now), separators=(",", ":"))
    headers = ("-H", f"Authorization: Bearer {key}", "-H", "Content-Type: application/json")
    return shlex.join(["curl", "-sS", f"{url}/v1/events", *headers, "-d", body])
