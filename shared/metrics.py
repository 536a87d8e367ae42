"""Every metric, in one place: name, labels, and what the one on call does when it moves.

A process serves the families of this catalogue from its start; counts are made per batch where a batch is at hand."""

from prometheus_client import Counter, Gauge, Histogram

PREFIX = "chokepoint"
FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SLOW = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600)


def _counter(name: str, what: str, *labels: str) -> Counter:
    return Counter(f"{PREFIX}_{name}", what, labels)


def _gauge(name: str, what: str, *labels: str) -> Gauge:
    return Gauge(f"{PREFIX}_{name}", what, labels)


def _histogram(name: str, what: str, buckets: tuple[float, ...]) -> Histogram:
    return Histogram(f"{PREFIX}_{name}", what, buckets=buckets)


# ingest: rejected or unavailable rising → look at the answers' `errors`, then at the sender named there
EVENTS_INGESTED = _counter(
    "events_ingested_total", "Events by kind and outcome (accepted, duplicate, rejected)", "kind", "outcome"
)
INGEST_SECONDS = _histogram("ingest_seconds", "From the first byte of a request to its answer", FAST)

# classifier: a type that vanishes or floods → read its evidence in GET /signals
EVENTS_CLASSIFIED = _counter(
    "events_classified_total", "Signals read from news, by type and modality", "type", "asserted"
)
CLASSIFY_SECONDS = _histogram("classify_seconds", "Judging one batch of texts, per text", FAST)

# registry
SIGNALS = _counter("signals_total", "Signals after their story is known, by type and novelty", "type", "novelty")
MEASURES = _gauge("measures", "Measures known, by state", "state")
MEASURE_DAYS_TO_EXPIRY = _gauge(
    "measure_days_to_expiry", "Days until a suspension or a measure ends by itself", "measure"
)

# scorer
CUSTOMERS = _gauge("customers", "Customers in this copy's partitions")
EXPOSURES = _gauge("exposures", "Exposures in this copy's partitions")
SCORE_UPDATES = _counter("score_updates_total", "Scores computed and written")
SCORE_SECONDS = _histogram("score_seconds", "Folding one batch of the ledger", FAST)
ALERTS = _counter("alerts_total", "Messages made, by type and severity", "type", "severity")
RISK_SCORE = _gauge("risk_score", "The highest scores only", "customer", "material")

# dispatcher: backlog rising while attempts stand still → its database or its network; one endpoint only → its circuit
DELIVERIES = _counter("deliveries_total", "Deliveries that ended, by outcome (delivered, dead, cancelled)", "outcome")
DELIVERY_ATTEMPTS = _counter("delivery_attempts_total", "Attempts by status class (2xx … 5xx, error)", "status_class")
DELIVERY_SECONDS = _histogram("delivery_seconds", "One attempt, from connect to answer", FAST)
END_TO_END_SECONDS = _histogram("end_to_end_seconds", "From acceptance of an event to the first 2xx of its alert", SLOW)
DELIVERY_BACKLOG = _gauge("delivery_backlog", "Deliveries due or waiting for a retry")
ENDPOINTS = _gauge("endpoints", "Endpoints by state (enabled, disabled)", "state")

# connectors
SOURCE_AGE_SECONDS = _gauge("source_age_seconds", "Since a source last answered", "source")

# every consumer: lag rising with no progress → /livez names the topic; dead letters → read `dlq.reason` in <topic>.dlq
DEAD_LETTERS = _counter("dead_letters_total", "Records that could not be understood, by topic", "topic")
CONSUMER_LAG = _gauge("consumer_lag", "Records not yet taken, by topic", "topic")
BUILD_INFO = _gauge("build_info", "Always 1; the labels say what runs", "service", "version")
