"""Messages as they would come, for tests."""

from datetime import UTC, datetime

from services.cli.demo.customers import CHIPS
from services.cli.demo.told import Journal, Line, Told
from shared.contracts.alerts import AlertData, AlertEvidence, Headline

ANY_DAY = datetime(2025, 4, 4, tzinfo=UTC)


def alert(sequence: int = 1, customer: str = CHIPS, at: datetime = ANY_DAY, **fields: object) -> AlertData:
    evidence = AlertEvidence(source="Wire", published_at=at, text="as it was said")
    given: dict[str, object] = {
        "id": f"alert-{sequence}",
        "customer_id": customer,
        "kind": "measure",
        "severity": "high",
        "status": "open",
        "title": f"Message {sequence}",
        "summary": "Something happened. For you: stock lasts. What to do: act. On the evidence of Wire.",
        "headline": Headline(),
        "evidence": (evidence,),
        "sequence": sequence,
        "revision": 1,
        "opened_at": at,
        "updated_at": at,
        "links": {},
    }
    return AlertData.model_validate(given | fields)


def told(said: AlertData, webhook_id: str | None = None, type_: str = "alert.opened") -> Told:
    return Told(webhook_id or f"{said.customer_id}-{said.sequence}", type_, said.updated_at, said)


def line(said: AlertData, webhook_id: str | None = None, endpoint: str | None = None) -> Line:
    return Line(
        endpoint=endpoint or said.customer_id,
        webhook_id=webhook_id or f"{said.customer_id}-{said.sequence}",
        verified=True,
        type="alert.opened",
        timestamp=said.updated_at,
        data=said,
    )


def journal_of(*said: AlertData) -> Journal:
    journal = Journal()
    for one in said:
        journal.take(line(one))
    return journal
