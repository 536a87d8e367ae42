"""CloudEvents 1.0, structured mode (cloudevents/spec v1.0.2, JSON event format)."""

import orjson

from services.dispatcher.letters import Letter

SOURCE = "urn:chokepoint"
"""`source` and `id` together name an event: without an address of our own, this is ours."""


def cloud_event(letter: Letter, public_url: str | None) -> bytes:
    """`data` is that of the standard body, as it is there; `id` is the `webhook-id`."""
    body = orjson.loads(letter.body)
    event = {
        "specversion": "1.0",
        "id": letter.message_id,
        "source": public_url or SOURCE,
        "type": f"chokepoint.{letter.type}",
        "time": body.get("timestamp"),
        "subject": _subject(body.get("data")),
        "datacontenttype": "application/json",
        "schemaversion": body.get("schema_version"),
        "severity": letter.severity,
        "partitionkey": letter.customer_id,
        "traceparent": letter.traceparent,
    }
    # an attribute without a value is left out: null and the empty string are no values
    return orjson.dumps({name: value for name, value in event.items() if value} | {"data": body.get("data")})


def _subject(data: object) -> object:
    """The alert, measure or endpoint that it is about."""
    if not isinstance(data, dict):
        return None
    return data.get("id") or data.get("measure_id") or data.get("endpoint_id")
