"""Letters of the pinned payloads, and one whose every text tries to be more than text."""

from typing import Any

import orjson

from services.dispatcher.letters import Letter
from tests.unit.dispatcher.making import MOMENT
from tests.unit.docs.payloads import pinned

PUBLIC = "https://chokepoint.example"
PAYLOADS = pinned()
HOSTILE = "<!channel> <@U1> &amp; *bold* _it_ [click](https://evil.example) # head\n<https://evil.example|ok> " * 3


def letter(body: dict[str, Any], **changes: Any) -> Letter:
    data = body.get("data", {})
    fields = {
        "message_id": "2a1f0e1e-6a52-5f0e-9a3e-2f6d7c1b8a90",
        "partition": 0,
        "number": 1,
        "customer_id": data.get("customer_id"),
        "type": body["type"],
        "severity": data.get("severity"),
        "materials": tuple(filter(None, (data.get("material"),))),
        "sequence": data.get("sequence"),
        "accepted_at": MOMENT,
        "received_at": MOMENT,
        "traceparent": None,
        "body": orjson.dumps(body),
    }
    return Letter(**fields | changes)


def hostile(length: int = 1) -> Letter:
    """`length`: how many times over each text stands."""
    text = HOSTILE * length
    source = {"source": text, "url": f"https://evil.example/|<!here>{'&' * 90}", "text": text, "published_at": "soon"}
    body = PAYLOADS["alert.opened"]
    data = body["data"] | {"title": text, "summary": text, "material": text, "evidence": [source] * 5}
    return letter(body | {"data": data}, materials=(text,) * 9)


def texts(value: object) -> list[str]:
    """Every string in it, keys left out."""
    match value:
        case dict():
            return [text for one in value.values() for text in texts(one)]
        case list():
            return [text for one in value for text in texts(one)]
        case str():
            return [value]
        case _:
            return []
