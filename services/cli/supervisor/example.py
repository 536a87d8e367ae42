"""A first event to post, as a `curl` line that can be pasted as it stands."""

import json
import shlex
from datetime import datetime, timedelta
from pathlib import Path


def example_event(now: datetime) -> dict[str, object]:
    """An act that was announced today and counts at once. It is made up, and says so."""
    today = now.date().isoformat()
    return {
        "kind": "measure_change",
        "source": {"name": "MOFCOM", "type": "government"},
        "issuer": "CN",
        "act": f"EXAMPLE-{today}",
        "title": "Example: export ban on terbium",
        "instrument": "ban",
        "action": "imposed",
        "materials": ["terbium"],
        "targets": ["*"],
        "announced_on": today,
        "effective_on": today,
        "until": (now.date() + timedelta(days=365)).isoformat(),
    }


def curl_line(url: str, key: str, now: datetime) -> str:
    return f"curl -sS {shlex.quote(f'{url}/v1/events')} -H {shlex.quote(f'Authorization: Bearer {key}')} {_body(now)}"


def keyless_curl_line(dev_env: Path, now: datetime) -> str:
    """The same for a log, where no key may stand: the shell reads it from `dev.env`."""
    read = f"set -a; . {shlex.quote(str(dev_env))}; set +a"
    return f'{read}; curl -sS "$CHOKEPOINT_URL/v1/events" -H "Authorization: Bearer $CHOKEPOINT_KEY" {_body(now)}'


def _body(now: datetime) -> str:
    event = json.dumps(example_event(now), separators=(",", ":"))
    return shlex.join(["-H", "Content-Type: application/json", "-d", event])
