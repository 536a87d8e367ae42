"""Endpoints as the sender sees them."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pydantic import ValidationError
from yarl import URL

from services.dispatcher.owners_headers import OwnersHeaders
from services.dispatcher.signing import Signer
from shared.contracts.endpoints import EndpointConfig, EndpointRecord
from shared.domain.delivery.matching import Interest, Subject
from shared.errors import ChokepointError
from shared.http.egress import RefusedUrl, read_url
from shared.kafka.topics import partition_of
from shared.metrics import ENDPOINTS
from shared.secrets import SecretSettings

State = Literal["active", "held", "gone"]
"""held: disabled by its owner or, after failing, by us; what is due waits."""


class EndpointUnreadable(ChokepointError):
    pass


@dataclass(frozen=True, slots=True)
class Receiver:
    id: str
    version: int
    config: EndpointConfig = field(repr=False)
    """Its URL and headers are as good as keys to the receiver."""
    interest: Interest
    since: datetime
    url: URL | None = field(repr=False)
    refused: str | None
    """Why nothing can be sent to its URL, whatever it resolves to."""
    headers: OwnersHeaders
    signer: Signer
    enabled_at: datetime | None = None
    """Real time."""

    @property
    def customer_id(self) -> str | None:
        return self.config.customer_id

    def home(self, partitions: int) -> int:
        """The partition whose owner speaks for it. Everybody's messages come on every one: of those it is the first."""
        return 0 if self.customer_id is None else partition_of(self.customer_id, partitions)

    @property
    def in_order(self) -> bool:
        """A later message of a customer waits for the earlier one."""
        return self.config.ordering == "customer"

    @property
    def scheme(self) -> str:
        return self.url.scheme if self.url else ""


def read_receiver(value: bytes, settings: SecretSettings) -> Receiver:
    """:raises EndpointUnreadable: the record was written by a newer control, or is none."""
    try:
        record = EndpointRecord.model_validate_json(value)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, found["loc"])) for found in error.errors())
        raise EndpointUnreadable(
            f"a record of `endpoints` cannot be read ({fields}): run a dispatcher as new as control"
        ) from None
    url, refused = _url(record.config.url)
    return Receiver(
        id=record.id,
        version=record.version,
        config=record.config,
        interest=Interest.of(record),
        since=record.created_at,
        url=url,
        refused=refused,
        headers=OwnersHeaders(record, settings),
        signer=Signer(record.secrets, settings, record.config.signature),
        enabled_at=record.enabled_at,
    )


def _url(text: str) -> tuple[URL | None, str | None]:
    try:
        read_url(text)
        return URL(text, encoded=True), None
    except (RefusedUrl, ValueError) as error:
        return None, str(error)


@dataclass(slots=True)
class Receivers:
    """Every endpoint, found by id and by who its messages are about."""

    disabled: dict[str, int] = field(default_factory=dict)
    """Endpoint → the version of it that we disabled: a later version that is enabled was enabled again."""
    on_change: list[Callable[[str], None]] = field(default_factory=list)
    on_new: Callable[[Receiver], None] | None = None
    _by_id: dict[str, Receiver] = field(default_factory=dict)
    _by_customer: dict[str | None, dict[str, Receiver]] = field(default_factory=dict)
    _enabled: set[str] = field(default_factory=set)
    _expected: dict[str, asyncio.Event] = field(default_factory=dict)

    def put(self, endpoint_id: str, receiver: Receiver | None) -> None:
        """What the table tells: a new version, or none where the endpoint is deleted."""
        if (old := self._by_id.pop(endpoint_id, None)) is not None:
            self._by_customer[old.customer_id].pop(endpoint_id)
        if receiver is not None:
            self._by_id[endpoint_id] = receiver
            self._by_customer.setdefault(receiver.customer_id, {})[endpoint_id] = receiver
            if (expected := self._expected.pop(endpoint_id, None)) is not None:
                expected.set()
        else:
            self.disabled.pop(endpoint_id, None)
        self.look(endpoint_id)
        if receiver is not None and old is None and self.on_new:
            self.on_new(receiver)

    def disable(self, endpoint_id: str, version: int) -> None:
        self.disabled[endpoint_id] = version
        if endpoint_id in self._by_id:  # else it is looked at when it comes
            self.look(endpoint_id)

    def get(self, endpoint_id: str) -> Receiver | None:
        return self._by_id.get(endpoint_id)

    async def expect(self, endpoint_id: str, within_s: float) -> Receiver | None:
        """It may be so new that its own record is still on its way."""
        if endpoint_id not in self._by_id:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    await self._expected.setdefault(endpoint_id, asyncio.Event()).wait()
            self._expected.pop(endpoint_id, None)
        return self._by_id.get(endpoint_id)

    def state(self, endpoint_id: str) -> State:
        receiver = self._by_id.get(endpoint_id)
        if receiver is None:
            return "gone"
        ours = self.disabled.get(endpoint_id)
        return "active" if receiver.config.enabled and (ours is None or receiver.version > ours) else "held"

    def in_order(self, endpoint_id: str) -> bool:
        receiver = self._by_id.get(endpoint_id)
        return receiver is not None and receiver.in_order

    def wanting(self, message: Subject) -> Iterable[Receiver]:
        """In a fixed order, so that a batch read twice is written the same. One that is disabled gets it when it is
        enabled again: a pause loses nothing."""
        for audience in (message.customer_id, None) if message.customer_id is not None else (None,):
            for receiver in self._by_customer.get(audience, {}).values():
                if receiver.interest.wants(message):
                    yield receiver

    def shared(self) -> list[str]:
        """Those whose rate the copies share: operator-wide, as their messages come on every partition."""
        return [found.id for found in self._by_customer.get(None, {}).values() if found.config.rate_limit_per_s]

    def look(self, endpoint_id: str) -> None:
        """Something about it is other than it was."""
        if self.state(endpoint_id) == "active":
            self._enabled.add(endpoint_id)
        else:
            self._enabled.discard(endpoint_id)
        ENDPOINTS.labels(state="enabled").set(len(self._enabled))
        ENDPOINTS.labels(state="disabled").set(len(self._by_id) - len(self._enabled))
        for told in self.on_change:
            told(endpoint_id)
