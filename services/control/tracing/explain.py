"""Why an alert says what it says: its messages, each with the way of the event behind it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.alerts import store as alerts
from services.control.tables import measures, messages
from services.control.tracing.about import about_of
from services.control.tracing.rules import rule_of, severity_because
from services.control.tracing.trace import trace
from shared.contracts.alerts import AlertData, Body
from shared.contracts.keys import KeyRecord
from shared.contracts.measures import Measure, MeasureRecord
from shared.contracts.signals import Signal
from shared.contracts.traces import Explanation, Revision, Trace
from shared.domain.alerts.causes import kind_of, ref_of
from shared.domain.measures import Identity

MOST = 10
"""Messages explained, the newest; each has its trace."""


async def explain(connection: AsyncConnection, key: KeyRecord, row: Row[Any], now: datetime) -> Explanation:
    """`row` is the alert's, of `alerts.find`."""
    alert = AlertData.model_validate_json(alerts.shown(row))
    rows, more = await _messages(connection, alert.id)
    revisions = [await _revision(connection, key, one, now) for one in reversed(rows)]
    traces = [revision.trace for revision in revisions if revision.trace]
    signals = _signals(traces)
    standing = await _measures(connection, revisions, traces)
    about = about_of(alert, standing, signals, [revision.title for revision in revisions])
    return Explanation(
        alert=alert,
        cause=kind_of(about) if about else None,
        about=ref_of(about) if about else None,
        revisions=tuple(revisions),
        revisions_more=more,
        measures=tuple(standing),
        signals=tuple(signals),
        silenced_by=_silenced_by(alert, about),
    )


async def _messages(connection: AsyncConnection, of: str) -> tuple[Sequence[Row[Any]], int]:
    """The newest first, and how many there are before them."""
    own = messages.c.alert_id == of
    found = await connection.execute(select(messages).where(own).order_by(messages.c.number.desc()).limit(MOST))
    count: int = await connection.scalar(select(func.count()).select_from(messages).where(own)) or 0
    return found.all(), max(0, count - MOST)


async def _revision(connection: AsyncConnection, key: KeyRecord, row: Row[Any], now: datetime) -> Revision:
    body = Body.model_validate_json(row.body)
    said = AlertData.model_validate(body.data)
    way = await _way(connection, key, row, now, said)
    return Revision(
        revision=said.revision,
        sequence=said.sequence,
        type=body.type,
        status=said.status,
        severity=said.severity,
        at=body.timestamp,
        title=said.title,
        event_id=row.event_id,
        measures=said.measures,
        rule=rule_of(body.type, said, row.event_id),
        severity_because=severity_because(body.type, said, way or Trace(event_id="")),
        trace=way,
    )


async def _way(
    connection: AsyncConnection, key: KeyRecord, row: Row[Any], now: datetime, said: AlertData
) -> Trace | None:
    """Of the measures that moved with it, those that the message names, if it names any."""
    if row.event_id is None:
        return None
    found = await trace(connection, key, row.event_id, row.customer_id, now)
    named = tuple(move for move in found.measures if move.ref in said.measures)
    return found.model_copy(update={"measures": named or found.measures})


def _signals(traces: Iterable[Trace]) -> list[Signal]:
    return list({signal.id: signal for way in traces for signal in way.signals}.values())


async def _measures(
    connection: AsyncConnection, revisions: Iterable[Revision], traces: Iterable[Trace]
) -> list[Measure]:
    """Those that its messages name."""
    named = {ref for revision in revisions for ref in revision.measures}
    moved = {move.id for way in traces for move in way.measures}
    ids = moved | {Identity(ref[:2], ref).id for ref in named}
    found = await connection.execute(select(measures.c.record).where(measures.c.id.in_(ids)).order_by(measures.c.id))
    standing = [MeasureRecord.model_validate_json(row.record).measure for row in found]
    return [measure for measure in standing if measure.ref in named]


def _silenced_by(alert: AlertData, about: str | None) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {"kind": (alert.kind,), "severity": (alert.severity,)}
    if alert.material:
        found["material"] = (alert.material,)
    if about and kind_of(about) == "measure":
        found["measure"] = tuple(dict.fromkeys((ref_of(about), *alert.measures)))
    return found
