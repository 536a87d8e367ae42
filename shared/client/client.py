from collections.abc import Iterator
from typing import Literal, Self
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, JsonValue

from shared.client.connection import Connection
from shared.client.errors import FieldError, Problem
from shared.contracts.customers import Customer, CustomerProfile
from shared.contracts.endpoints import Endpoint, EndpointConfig
from shared.contracts.questions import Backtest, Moves
from shared.contracts.traces import Explanation, Trace

Json = dict[str, JsonValue]
PAGE = 500


class EventResult(BaseModel):
    id: str | None = None
    event_id: str | None = None
    status: Literal["accepted", "duplicate", "rejected"]
    errors: list[FieldError] = []


class Accepted(BaseModel):
    accepted: int
    duplicates: int
    rejected: int
    results: list[EventResult]


class CreatedEndpoint(Endpoint):
    secret: str
    """Shown by creation and rotation only."""


class Resealed(BaseModel):
    endpoints: int
    resealed: int
    broken: list[str]
    next_cursor: str | None = None


class Page(BaseModel):
    items: list[Json]
    next_cursor: str | None = None


class Client:
    """Synchronous; every method raises `Problem` for an answer that is not 2xx, and `httpx2.TransportError` where
    nobody answers. Use as a context manager, or call `close`."""

    def __init__(
        self, connection: Connection, *, timeout_s: float = 30, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self._connection = connection
        headers = {"authorization": f"Bearer {connection.key}"}
        self._http = httpx2.Client(headers=headers, timeout=timeout_s, transport=transport, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def post_events(self, body: bytes, content_type: str = "application/json") -> Accepted:
        """One event, an array, or NDJSON (`application/x-ndjson`), as bytes. Events that were rejected stand in the
        results: nothing valid at all is a `Problem` (422)."""
        answer = self._http.post(
            f"{self._connection.url}/v1/events", content=body, headers={"content-type": content_type}
        )
        return Accepted.model_validate_json(_checked(answer).content)

    def classify(self, news: Json) -> Json:
        return self._json("POST", f"{self._connection.url}/v1/classify", news)

    def put_customer(self, customer_id: str, profile: CustomerProfile) -> Customer:
        answer = self._control("PUT", f"/customers/{customer_id}", profile.model_dump(mode="json"))
        return Customer.model_validate(answer)

    def create_endpoint(self, config: EndpointConfig) -> CreatedEndpoint:
        answer = self._control("POST", "/endpoints", config.model_dump(mode="json", exclude_none=True))
        return CreatedEndpoint.model_validate(answer)

    def reseal(self) -> Iterator[Resealed]:
        """Everything sealed, under the newest key; what became of it, a page at a time."""
        cursor: str | None = ""
        while cursor is not None:
            asked = f"?cursor={quote(cursor)}" if cursor else ""
            page = Resealed.model_validate(self._control("POST", f"/endpoints:reseal{asked}"))
            yield page
            cursor = page.next_cursor

    def delete_endpoint(self, endpoint_id: str) -> None:
        _checked(self._http.delete(f"{self._connection.control_url}/v1/endpoints/{endpoint_id}"))

    def endpoints(self) -> Iterator[Json]:
        return self._pages("/endpoints")

    def alerts(self, customer_id: str) -> Iterator[Json]:
        return self._pages(f"/customers/{customer_id}/alerts")

    def messages(self, customer_id: str) -> Iterator[Json]:
        """The bodies of the webhooks about a customer, in the order of their sequence."""
        return self._pages(f"/customers/{customer_id}/messages")

    def alert(self, alert_id: str) -> Json:
        return self._control("GET", f"/alerts/{alert_id}")

    def explain(self, alert_id: str) -> Explanation:
        return Explanation.model_validate(self._control("GET", f"/alerts/{quote(alert_id, safe='')}/explain"))

    def trace(self, event_id: str, customer_id: str | None = None) -> Trace:
        """What became of an event; with `customer_id` for one customer, and why it was told nothing."""
        asked = f"?customer_id={quote(customer_id, safe='')}" if customer_id else ""
        return Trace.model_validate(self._control("GET", f"/events/{quote(event_id)}/trace{asked}"))

    def acknowledge(self, alert_id: str) -> None:
        self._control("POST", f"/alerts/{alert_id}:acknowledge")

    def coverage(self) -> Json:
        return self._control("GET", "/coverage")

    def risk(self, customer_id: str) -> list[Json]:
        return Page.model_validate(self._control("GET", f"/customers/{customer_id}/risk")).items

    def simulate(self, event: Json, *customer_ids: str) -> Moves:
        """What the event would do; to these customers, or to everybody whom it would move."""
        asked: Json = {"event": event} | ({"customer_ids": list(customer_ids)} if customer_ids else {})
        return Moves.model_validate(self._control("POST", "/simulate", asked))

    def backtest(self, whose: str | CustomerProfile, since: str, policy: Json | None = None) -> Backtest:
        """The alerts since a day or an instant that an endpoint with this policy would have been sent: of a customer by
        its id, or of one that might be."""
        named: Json = {"customer_id": whose} if isinstance(whose, str) else {"profile": whose.model_dump(mode="json")}
        asked: Json = {**named, "since": since, "policy": policy or {}}
        return Backtest.model_validate(self._control("POST", "/backtest", asked))

    def measures(self) -> Iterator[Json]:
        return self._pages("/measures")

    def signals(self) -> Iterator[Json]:
        """The newest first."""
        return self._pages("/signals")

    def _pages(self, path: str) -> Iterator[Json]:
        cursor: str | None = None
        while True:
            query = {"limit": str(PAGE)} | ({"cursor": cursor} if cursor else {})
            answer = _checked(self._http.get(f"{self._connection.control_url}/v1{path}", params=query))
            page = Page.model_validate_json(answer.content)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def _control(self, method: str, path: str, body: Json | None = None) -> Json:
        return self._json(method, f"{self._connection.control_url}/v1{path}", body)

    def _json(self, method: str, url: str, body: Json | None) -> Json:
        answer: Json = _checked(self._http.request(method, url, json=body)).json()
        return answer


def _checked(response: httpx2.Response) -> httpx2.Response:
    if response.is_success:
        return response
    raise Problem.of(response)
