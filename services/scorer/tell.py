"""From notices to messages: the gravest first; silences, the alert's state, numbers."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from services.scorer.clocks import REMIND_EVERY
from services.scorer.recall import standing
from services.scorer.settle import Settled
from services.scorer.state import State
from services.scorer.turn import Notice, Turn
from shared.contracts.alerts import MessageType
from shared.contracts.base import Severity
from shared.domain.alerts import severity
from shared.domain.alerts.alert import Alert
from shared.domain.alerts.causes import alert_id, kind_of, message_id, ref_of
from shared.domain.alerts.meaning import Exposed
from shared.domain.alerts.message import Addressed, Envelope, alert_message
from shared.domain.alerts.own_business import instant
from shared.domain.alerts.severity import SEVERITIES
from shared.domain.alerts.silences import Facts, silenced
from shared.domain.alerts.telling import Telling
from shared.domain.risk.bands import BANDS
from shared.domain.risk.drivers import Drivers, Part


class Said(NamedTuple):
    """One message, encoded."""

    customer_id: str | None
    type: MessageType
    severity: Severity
    value: bytes


class _Draft(NamedTuple):
    notice: Notice
    severity: int
    worst: int | None
    """Place of its most exposed row among the scored."""


class Teller:
    """`silent`: everything moves as if it were said, and nothing is put into words."""

    def __init__(self, state: State, turn: Turn, settled: Settled, drivers: Drivers, *, silent: bool = False) -> None:
        self._silent = silent
        self._state = state
        self._turn = turn
        self._settled = settled
        self._drivers = drivers
        self._envelope = Envelope(turn.record_id, turn.accepted_at)
        self._origin_codes: dict[str, frozenset[int]] = {}
        self._standing: dict[str, int] = {}
        self._places = {row: at for at, row in enumerate(settled.scored.rows.tolist())}

    def messages(self) -> Iterator[Said]:
        drafts = [self._draft(notice) for notice in self._turn.notices.values()]
        scores = self._settled.scored.result.score
        drafts.sort(
            key=lambda draft: (
                -draft.severity,
                0.0 if draft.worst is None else -scores.item(draft.worst),
                draft.notice.customer,
            )
        )
        for draft in drafts:
            if said := self._say(draft):
                yield said

    def _draft(self, notice: Notice) -> _Draft:
        """Sorts the notice's rows, the most exposed first. Severity is the highest that applies: of what happened, of
        what it is about as it stands, of the exposures."""
        scored = self._settled.scored
        places = [self._places[row] for row in notice.rows]
        places.sort(key=lambda at: (-scored.result.score.item(at), at))
        notice.rows = [scored.rows.item(at) for at in places]
        grave = max(notice.severity, self._standing_of(notice.cause))
        bands, soon = self._state.portfolio.exposures.band, scored.result.within_30
        for at, row in zip(places, notice.rows, strict=True):
            grave = max(grave, severity.of_exposure(bands.item(row), soon.item(at)))
        return _Draft(notice, grave, places[0] if places else None)

    def _standing_of(self, cause: str) -> int:
        found = self._standing.get(cause)
        if found is None:
            found = self._standing[cause] = standing(self._state, cause)
        return found

    def _origins(self, country: str) -> frozenset[int]:
        found = self._origin_codes.get(country)
        if found is None:
            found = self._origin_codes[country] = frozenset(self._state.world.origin_codes(country))
        return found

    def _say(self, draft: _Draft) -> Said | None:
        state, notice = self._state, draft.notice
        alert = state.alerts.get(notice.customer, notice.cause)
        told_before = alert.live and alert.revision > 0 and alert.told_at >= alert.opened_at
        grave = max(draft.severity, alert.gravest) if notice.closes and alert.live else draft.severity
        if notice.reminder:
            alert.severity, alert.gravest = grave, max(alert.gravest, grave)
        else:
            self._move(alert, notice, grave)
        customer_id = state.portfolio.ids[notice.customer]
        if state.silences and silenced(state.silences.values(), customer_id, _facts(notice, alert), self._turn.at_us):
            self._hold(alert, notice)
            return None
        alert.held, alert.told_at, alert.revision = False, self._turn.at_us, alert.revision + 1
        state.alerts.held.pop((notice.customer, notice.cause), None)
        self._remind_later(alert, notice)
        kind: MessageType = "alert.opened"
        if told_before:
            kind = "alert.reminder" if notice.reminder else "alert.resolved" if notice.closes else "alert.updated"
        state.message += 1
        state.portfolio.customers.sequence[notice.customer] += 1
        value = b"" if self._silent else self._message(draft, alert, customer_id, kind)
        return Said(customer_id, kind, SEVERITIES[alert.severity], value)

    def _move(self, alert: Alert, notice: Notice, grave: int) -> None:
        """A graver word opens what was acknowledged anew."""
        opens = not alert.live
        if opens:
            alert.opened_at, alert.gravest = self._turn.at_us, 0
        if notice.closes:
            alert.status = "retracted" if notice.retracts else "resolved"
        elif opens or alert.status == "open" or grave > alert.severity:
            alert.status = "open"
        alert.kind, alert.happened = notice.kind, notice.severity
        alert.severity, alert.gravest = grave, max(alert.gravest, grave)
        slugs = [self._state.portfolio.material(row) for row in notice.rows]
        alert.materials = tuple(dict.fromkeys((*slugs, *notice.materials, *(() if opens else alert.materials))))

    def _hold(self, alert: Alert, notice: Notice) -> None:
        alert.held, alert.remind_at = alert.live, 0
        key = (notice.customer, notice.cause)
        held = self._state.alerts.held
        if not alert.live:
            held.pop(key, None)
        elif not notice.reminder or key not in held:
            held[key] = notice.telling

    def _remind_later(self, alert: Alert, notice: Notice) -> None:
        alert.remind_at = 0
        if alert.status == "open" and alert.severity >= severity.REMINDED_FROM:
            alert.remind_at = self._turn.at_us + REMIND_EVERY
            self._state.due(alert.remind_at, "remind", notice.customer, notice.cause)

    def _message(self, draft: _Draft, alert: Alert, customer_id: str, kind: MessageType) -> bytes:
        state, notice = self._state, draft.notice
        its_id = alert_id(customer_id, notice.cause)
        to = Addressed(
            message_id=message_id(self._turn.record_id, f"{its_id}/{alert.revision}"),
            number=state.message,
            customer_id=customer_id,
            sequence=state.portfolio.customers.sequence.item(notice.customer),
            alert_id=its_id,
            type=kind,
            severity=alert.severity,
            opened_at=instant(alert.opened_at),
        )
        exposed = None if draft.worst is None else self._exposed(notice.telling, draft.worst, len(notice.rows) - 1)
        parts = [] if draft.worst is None else self._drivers.of(draft.worst)
        telling = _with_measures(notice, parts)
        return alert_message(self._envelope, to, alert, telling, exposed, parts)

    def _exposed(self, telling: Telling, at: int, others: int) -> Exposed:
        row, previous = self._drivers.rows[at], self._settled.previous.item(at)
        share, assumed = row.share_from(self._origins(telling.origin)) if telling.origin else (0.0, False)
        return Exposed(
            material=row.material,
            outlook=self._drivers.outlook(at),
            band=BANDS[row.band],
            previous_score=None if math.isnan(previous) else previous,
            share=share,
            assumed=assumed,
            revenue_share=row.revenue_share,
            others=others,
        )


def _with_measures(notice: Notice, parts: Sequence[Part]) -> Telling:
    """An alert about a measure names it; one about stock or a licence names the measures that weigh on it."""
    if kind_of(notice.cause) not in {"material", "licence"}:
        return notice.telling
    return replace(notice.telling, measures=tuple(part.ref for part in parts if part.kind == "measure"))


def _facts(notice: Notice, alert: Alert) -> Facts:
    measure = {ref_of(notice.cause), *notice.telling.measures} if kind_of(notice.cause) == "measure" else ()
    return {
        "kind": frozenset([alert.kind]),
        "material": frozenset(alert.materials),
        "severity": frozenset([SEVERITIES[alert.severity]]),
        "measure": frozenset(measure),
    }
