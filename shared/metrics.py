"""Every metric, in one place: name, labels, what it says, and what the one on call does when it moves.

A process serves the families of this catalogue from its start; counts are made per batch where a batch is at hand.
`docs/metrics.md` is written from it, and no rule or dashboard may ask for anything else."""

from bisect import bisect_left
from collections import Counter as Counts
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

PREFIX = "chokepoint"
FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SLOW = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600)
SHARES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)

# or every counter has a second series that says when it was first counted
disable_created_metrics()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Family:
    name: str
    type: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    meaning: str
    moves: str
    """What the one on call does when it moves."""


class Spread(Histogram):
    def observe_all(self, values: Iterable[float]) -> None:
        """As `observe` would of each, which looks through the buckets and takes two locks for every one."""
        seen = list(values)
        for bucket, count in Counts(bisect_left(self._upper_bounds, value) for value in seen).items():
            self._buckets[bucket].inc(count)
        self._sum.inc(sum(seen))


CATALOGUE: list[Family] = []


def _counter(name: str, meaning: str, *labels: str, moves: str) -> Counter:
    counter = Counter(_listed("counter", name, meaning, labels, moves), meaning, labels)
    if not labels:
        counter.inc(0)
    return counter


def _gauge(name: str, meaning: str, *labels: str, moves: str) -> Gauge:
    return Gauge(_listed("gauge", name, meaning, labels, moves), meaning, labels)


def _histogram(name: str, meaning: str, buckets: tuple[float, ...], *, moves: str) -> Spread:
    return Spread(_listed("histogram", name, meaning, (), moves), meaning, buckets=buckets)


def _listed(
    type_: Literal["counter", "gauge", "histogram"], name: str, meaning: str, labels: tuple[str, ...], moves: str
) -> str:
    CATALOGUE.append(Family(f"{PREFIX}_{name}", type_, labels, meaning, moves))
    return f"{PREFIX}_{name}"


# --- ingest

EVENTS_INGESTED = _counter(
    "events_ingested_total",
    "Events by kind and outcome (accepted, duplicate, rejected, unavailable)",
    "kind",
    "outcome",
    moves="rejected: the answers' `errors` name the field, the sender is to be told; unavailable: look at the broker",
)
INGEST_SECONDS = _histogram(
    "ingest_seconds",
    "From the first byte of a request to its answer, the broker's acknowledgement included",
    FAST,
    moves="rising: the broker's disk, or bodies that are larger than they were",
)
SOURCE_AGE_SECONDS = _gauge(
    "source_age_seconds",
    "Since this copy last took something that a source said of the world; the 100 heard last",
    "source",
    moves="far beyond its rhythm: see runbook SourceSilent; until it speaks again we are blind there",
)
SOURCE_RHYTHM_SECONDS = _gauge(
    "source_rhythm_seconds",
    "The longest pause that is usual for a source, nights and weekends included; none until it has paused three times",
    "source",
    moves="growing: a feed that thins out; its connector or its owner may say why",
)

# --- classifier

EVENTS_CLASSIFIED = _counter(
    "events_classified_total",
    "Signals read from news, by type and modality; `none`: texts without one",
    "type",
    "asserted",
    moves="a type that vanishes or floods: read its evidence in `GET /v1/signals`",
)
SIGNALS_DROPPED = _counter(
    "signals_dropped_total",
    "Readings that were considered and not kept, by type",
    "type",
    moves="rising against the kept ones: the sources' language has changed; read `dropped` in an event's trace",
)
SIGNAL_CONFIDENCE = _histogram(
    "signal_confidence",
    "How sure the classifier is of the signals that it keeps",
    SHARES,
    moves="sinking over days: texts unlike those it was fitted on; label some of them and fit it anew",
)
CLASSIFY_SECONDS = _histogram(
    "classify_seconds",
    "Judging one text",
    FAST,
    moves="rising: longer texts, or the machine is full; more copies share the partitions",
)
ENCODER = _gauge(
    "classifier_encoder",
    "1 where the text encoder reads the news, 0 where the light model reads alone",
    moves="0 unasked: signals are less accurate; /readyz of that classifier says what is missing",
)

# --- registry

SIGNALS = _counter(
    "signals_total",
    "Signals after their story is known, by type and novelty",
    "type",
    "novelty",
    moves="`new` flooding: stories are no longer recognised; all `stale`: a feed republishes its archive",
)
MEASURES = _gauge(
    "measures", "Measures known, by state", "state", moves="a jump: an act moved many; read them in `GET /v1/measures`"
)
MEASURES_UNCONFIRMED = _gauge(
    "measures_unconfirmed",
    "Suspensions that ran out and whose return nothing has confirmed",
    moves="above 0: find the act, post it, or say so by `POST /v1/measures/{id}:override`",
)
MEASURE_DAYS_TO_EXPIRY = _gauge(
    "measure_days_to_expiry",
    "Days until a suspension or a measure ends by itself; the 50 that end first",
    "measure",
    moves="below 7: look for the act that prolongs it before customers ask",
)
LEADS = _gauge(
    "leads",
    "1 where this copy does what only one may do (registry, outbox)",
    "role",
    moves="0 everywhere: nobody does it; see runbooks NoRegistry and OutboxWaits",
)

# --- scorer

CUSTOMERS = _gauge("customers", "Customers in this copy's partitions", moves="a drop: a copy has lost its snapshots")
EXPOSURES = _gauge("exposures", "Exposures in this copy's partitions", moves="as for customers")
SCORE_UPDATES = _counter(
    "score_updates_total", "Scores computed and written", moves="a burst: one change that touches many; it passes"
)
SCORE_SECONDS = _histogram(
    "score_seconds", "Folding one batch of the ledger", FAST, moves="rising: more customers a copy than it can serve"
)
ALERTS = _counter(
    "alerts_total",
    "Messages made, by type and severity",
    "type",
    "severity",
    moves="a flood: which measure or story is it about? A wrong signal is rejected by `:reject`, and retracted",
)
RISK_SCORE = _gauge(
    "risk_score",
    "The 20 highest scores of a copy",
    "customer",
    "material",
    moves="nothing is broken: these customers should be spoken to",
)

# --- dispatcher

DELIVERIES = _counter(
    "deliveries_total",
    "Deliveries that ended, by outcome (delivered, dead, cancelled, collapsed)",
    "outcome",
    moves="dead: a receiver refused for three days; its owner is to be told, then `:retry`",
)
DELIVERY_ATTEMPTS = _counter(
    "delivery_attempts_total",
    "Attempts by status class (2xx to 5xx, error)",
    "status_class",
    moves="error at every endpoint: our network or DNS; at one: its owner's",
)
DELIVERY_SECONDS = _histogram(
    "delivery_seconds", "One attempt, from connect to answer", FAST, moves="rising: slow receivers; others do not wait"
)
FIRST_ATTEMPT_SECONDS = _histogram(
    "first_attempt_seconds",
    "Our part of the way: from acceptance of an event to the first attempt, at endpoints that were well meanwhile",
    SLOW,
    moves="rising: the stage whose `consumer_lag` rises is the one",
)
END_TO_END_SECONDS = _histogram(
    "end_to_end_seconds",
    "From acceptance of an event to the first 2xx of its alert",
    SLOW,
    moves="rising while `first_attempt_seconds` does not: receivers are away, not we",
)
DELIVERY_BACKLOG = _gauge(
    "delivery_backlog",
    "Deliveries due, or waiting for a retry or for their endpoint to be enabled",
    moves="rising while attempts stand still: the dispatcher's database or network",
)
ENDPOINTS = _gauge(
    "endpoints",
    "Endpoints by state (enabled, disabled; circuit_open, circuit_half_open)",
    "state",
    moves="disabled rising: five days of failure, or 410; `GET /v1/endpoints` says why",
)
ENDPOINTS_FAILING = _gauge(
    "endpoints_failing",
    "Endpoints of this copy's partitions whose last attempt failed: their circuit is open but for trials",
    moves="many at once: our network, DNS or clock; one: its owner's",
)
ENDPOINT_FAILING_SECONDS = _gauge(
    "endpoint_failing_seconds",
    "How long the one of this copy's endpoints that has failed longest has failed",
    moves="three days: tell its owner; at five it is disabled",
)

# --- control

OUTBOX_AGE_SECONDS = _gauge(
    "outbox_age_seconds",
    "How long what people changed has waited to be told to the other services",
    moves="above some seconds: the broker does not take it, or nobody publishes; changes are kept and told later",
)

STREAM_CLIENTS = _gauge(
    "stream_clients",
    "Clients that listen to the live stream of this copy",
    moves="near 100: the next ones are refused (503); more copies of control, or one client that opens too many",
)

FEEDBACK = _counter(
    "feedback_total",
    "Verdicts of people on alerts (useful, false, late), by the alert's kind",
    "kind",
    "verdict",
    moves="false rising: `GET /v1/feedback` says of which sources; late: see which stage lags",
)

# --- every process

READY = _gauge("ready", "1 where /readyz answers 200", moves="0: /readyz of that process says why not")
RECORDS_TAKEN = _counter(
    "records_taken_total",
    "Records read and done with, by topic",
    "topic",
    moves="0 while `consumer_lag` is not: the consumer is stuck",
)
CONSUMER_LAG = _gauge(
    "consumer_lag", "Records not yet taken, by topic", "topic", moves="rising: that stage is slower than what comes"
)
DEAD_LETTERS = _counter(
    "dead_letters_total",
    "Records that could not be understood, by topic",
    "topic",
    moves="the header `dlq.reason` of the newest record in `<topic>.dlq` says why",
)
BUILD_INFO = _gauge(
    "build_info",
    "Always 1; the labels say what runs",
    "service",
    "version",
    moves="two versions: a deploy is under way",
)
