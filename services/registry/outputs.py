"""What a change says, as records: to every partition of `ledger`, and for those who ask about measures and signals."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from services.registry.book import Entry
from shared.contracts.base import to_json
from shared.contracts.changes import Change
from shared.contracts.measures import Measure, MeasureRecord
from shared.contracts.signals import Signal
from shared.kafka.record import Outgoing, Stamp
from shared.kafka.topics import LEDGER, MEASURES, SIGNALS

CHANGE_KEY = b"change"
BRIEFLY = 20


def in_brief(measure: Measure) -> Measure:
    """Scorers look at what is: of what is long the newest will do."""
    long = {"history": measure.history, "evidence": measure.evidence, "widened": measure.widened}
    newest = {name: entries[-BRIEFLY:] for name, entries in long.items()}
    return measure.model_copy(update=newest)


def to_scorers(change: Change, stamp: Stamp, partitions: int) -> list[Outgoing]:
    value, headers = to_json(change), replace(stamp, schema="change/1").headers()
    return [Outgoing(LEDGER, CHANGE_KEY, value, headers, partition) for partition in range(partitions)]


def measure_record(entry: Entry, measure: Measure, as_of: datetime, stamp: Stamp) -> Outgoing:
    record = MeasureRecord(measure=measure, acts=entry.acts, reports=entry.reports, as_of=as_of)
    headers = replace(stamp, schema="measure/1").headers()
    return Outgoing(MEASURES, measure.id.encode(), to_json(record), headers, partition=0)


def signal_records(signals: Iterable[Signal], stamp: Stamp) -> list[Outgoing]:
    headers = replace(stamp, schema="signal/1").headers()
    return [
        Outgoing(SIGNALS, signal.id.encode(), to_json(signal), [*headers, *_in_headers(signal)], partition=0)
        for signal in signals
    ]


def _in_headers(signal: Signal) -> list[tuple[str, bytes]]:
    """For who counts and never parses: what people say of it later makes no other signal of it."""
    if signal.review:
        return []
    return [("type", signal.type.encode()), ("novelty", (signal.novelty or "").encode())]
