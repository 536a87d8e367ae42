"""The whole service without sockets: its app, a producer that records, a clock that stands still."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx2
import orjson

from services.ingest.app import create_app
from services.ingest.classify import classifier_client
from services.ingest.customers import KnownCustomers
from services.ingest.door import Door
from services.ingest.recent_ids import RecentIds
from services.ingest.time_source import Instant, TimeSource
from services.ingest.writer import Writer
from shared.contracts.keys import EVERY_SCOPE, KeyRecord
from shared.events.own_time import within_five_minutes
from shared.http.auth import KeyRing, sha256_of
from shared.kafka.testing import RecordingProducer

NOW = datetime(2025, 11, 10, 12, tzinfo=UTC)
KEY = "ck_operator"
BEARER = {"authorization": f"Bearer {KEY}"}
Body = bytes | object


@dataclass(slots=True)
class StoppedTime:
    now: datetime = NOW
    reached: list[datetime] = field(default_factory=list)

    def present(self) -> Instant:
        return Instant(self.now, within_five_minutes(self.now))

    def written(self, accepted_at: datetime) -> None:
        self.reached.append(accepted_at)

    def failed(self) -> None:
        self.reached.clear()


def no_classifier(_: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("nobody listens")


class Ingest:
    """One copy of the service, with one operator key and two customers."""

    def __init__(self, time: TimeSource | None = None, *, largest_body: int = 16 * 1024 * 1024) -> None:
        self.producer = RecordingProducer()
        self.ring = KeyRing()
        self.profiles = {"acme": True, "globex": True}
        self.not_loaded: str | None = None
        self.customers = KnownCustomers(self.profiles, lambda: self.not_loaded)
        self.add_key(KEY)
        self.writer = Writer(self.producer, RecentIds(10_000))
        self.door = Door(self.writer, time or StoppedTime(), self.customers, partitions=8)
        self.classify: Callable[[httpx2.Request], httpx2.Response] = no_classifier
        self.app = create_app(
            ring=self.ring,
            door=self.door,
            customers=self.customers,
            classifier=classifier_client("http://classifier", httpx2.MockTransport(self._classify)),
            largest_body=largest_body,
        )

    def _classify(self, asked: httpx2.Request) -> httpx2.Response:
        return self.classify(asked)

    def put_customer(self, customer_id: str) -> None:
        self.profiles[customer_id] = True
        self.customers.changed()

    def add_key(self, key: str, **fields: object) -> None:
        record = {"id": key, "name": key, "sha256": sha256_of(key), "scopes": EVERY_SCOPE} | fields
        self.ring.apply(key, KeyRecord.model_validate(record))

    async def post(
        self,
        body: Body,
        content_type: str = "application/json",
        *,
        key: str = KEY,
        path: str = "/v1/events",
        **headers: str,
    ) -> httpx2.Response:
        """Anything but bytes is sent as JSON. A header's underscores stand for hyphens."""
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        return await self.ask(
            "POST",
            path,
            content=content,
            headers={"content-type": content_type, "authorization": f"Bearer {key}"}
            | {name.replace("_", "-"): value for name, value in headers.items()},
        )

    async def ask(self, method: str, path: str, **request: object) -> httpx2.Response:
        transport = httpx2.ASGITransport(app=self.app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://ingest") as client:
            return await client.request(method, path, **request)  # type: ignore[arg-type]

    def written(self) -> list[dict[str, object]]:
        """What is on the broker, in order."""
        return [orjson.loads(record.value) for record in self.producer.records if record.value is not None]


def lines(*events: object) -> bytes:
    return b"\n".join(event if isinstance(event, bytes) else orjson.dumps(event) for event in events)


NDJSON = "application/x-ndjson"
