"""The fold of one `ledger` partition: state x record → state, outputs. No clock, no I/O, no randomness."""

from collections.abc import Iterator, Sequence

import numpy as np
from pydantic import BaseModel, ValidationError

from services.scorer.clocks import nothing_falls_due, run_clocks
from services.scorer.operators import operator_messages
from services.scorer.settle import Settled, settle
from services.scorer.snapshot import dump
from services.scorer.state import State
from services.scorer.take_change import is_repeat, take_change
from services.scorer.take_licence import take_application, take_decision
from services.scorer.take_profile import take_profile
from services.scorer.take_silence import take_acknowledgement, take_silence
from services.scorer.take_stock import take_inventory, take_shipment
from services.scorer.tell import Said, Teller
from services.scorer.turn import Turn
from shared.contracts.base import rfc3339, to_json
from shared.contracts.changes import Change
from shared.contracts.customers import Acknowledgement, ProfileRecord, Silence
from shared.contracts.events import Inventory, LicenceApplication, LicenceDecision, Shipment
from shared.contracts.licences import Observation
from shared.domain.risk.columns import Rows
from shared.domain.risk.drivers import Drivers
from shared.domain.risk.record import risk_record
from shared.domain.risk.shown import shown
from shared.kafka.record import DeadLetter, Headers, Incoming, Outgoing, Stamp
from shared.kafka.topics import ALERTS, RISK_SCORES, WORLD

KINDS: dict[str, type[BaseModel]] = {
    "change": Change,
    "profile": ProfileRecord,
    "licence_application": LicenceApplication,
    "licence_decision": LicenceDecision,
    "shipment": Shipment,
    "inventory": Inventory,
    "silence": Silence,
    "acknowledgement": Acknowledgement,
}


_CARRIED_AS = {"schema": "caused-by"}
"""What a message or a risk comes from says its schema too: whoever traces an event reads there what it was."""


class LedgerFold:
    def __init__(self, state: State) -> None:
        self.state = state
        self._newcomers: list[Rows | list[int]] = []

    def take(self, record: Incoming) -> Sequence[Outgoing]:
        stamp = Stamp.read(record.headers)
        return self._take(record.headers, stamp, _read(stamp.schema, record.value))

    def _take(self, headers: Headers, stamp: Stamp, given: BaseModel, *, silent: bool = False) -> Sequence[Outgoing]:
        self.recovered()
        if isinstance(given, Change) and is_repeat(self.state, given):
            return ()
        turn = _turn(stamp, given)
        step_to = (given.step_to or given.catching_up_to) if isinstance(given, Change) else None
        run_clocks(
            self.state,
            turn,
            within_a_step=step_to is not None and step_to > stamp.accepted_at,
            catching_up=isinstance(given, Change)
            and given.catching_up_to is not None
            and given.catching_up_to > stamp.accepted_at,
        )
        self._apply(turn, given)
        return self._outputs(turn, headers, silent=silent)

    def recover(self, record: Incoming) -> None:
        """The first scores of customers who come one after the other are worked out together: a log read from its
        beginning is mostly that."""
        stamp = Stamp.read(record.headers)
        given = _read(stamp.schema, record.value)
        turn = _turn(stamp, given)
        if isinstance(given, ProfileRecord) and self._is_newcomer(given) and nothing_falls_due(self.state, turn.at_us):
            self.state.now = max(self.state.now, turn.at_us)
            take_profile(self.state, turn, given)
            self._newcomers.extend(turn.touched)
        else:
            self._take(record.headers, stamp, given, silent=True)

    def recovered(self) -> None:
        """Newcomers are told nothing, whatever their first scores."""
        if self._newcomers:
            settle(self.state, Turn("", self.state.now, "", quiet=True, touched=self._newcomers))
            self._newcomers = []

    def dump(self) -> bytes:
        return dump(self.state)

    def _is_newcomer(self, given: ProfileRecord) -> bool:
        return given.baseline == "quiet" and self.state.portfolio.find(given.customer_id) is None

    def _apply(self, turn: Turn, given: BaseModel) -> None:
        match given:
            case Change():
                take_change(self.state, turn, given)
            case ProfileRecord():
                take_profile(self.state, turn, given)
            case LicenceDecision():
                take_decision(self.state, turn, given)
            case LicenceApplication():
                take_application(self.state, turn, given)
            case Inventory():
                take_inventory(self.state, turn, given)
            case Shipment():
                take_shipment(self.state, turn, given)
            case Silence():
                take_silence(self.state, turn, given)
            case Acknowledgement():
                take_acknowledgement(self.state, given)

    def _outputs(self, turn: Turn, headers: Headers, *, silent: bool) -> Sequence[Outgoing]:
        if turn.quiet:
            turn.notices.clear()
        observed = [self._observation(observation, headers) for observation in turn.observations]
        if not (turn.touched or turn.notices or turn.gone or turn.change):
            return observed
        state = self.state
        settled = settle(state, turn)
        rows = [] if silent else shown(state.portfolio, settled.scored)
        drivers = Drivers(rows, state.world, state.structure, state.day)
        carried = [(_CARRIED_AS.get(name, name), value) for name, value in headers if name != "quiet"]
        said = [*operator_messages(state, turn), *Teller(state, turn, settled, drivers, silent=silent).messages()]
        if silent:
            return ()
        return [*self._messages(carried, said), *self._risks(turn, carried, settled, drivers), *observed]

    def _messages(self, carried: Headers, said: Sequence[Said]) -> Iterator[Outgoing]:
        """`type` and `severity` stand beside the body, for who counts and never parses."""
        about = {
            kind: [*carried, ("schema", b"alert/1"), ("type", kind[0].encode()), ("severity", kind[1].encode())]
            for kind in {(each.type, each.severity) for each in said}
        }
        for each in said:
            key = each.customer_id.encode() if each.customer_id is not None else None
            yield Outgoing(ALERTS, key, each.value, about[each.type, each.severity], self.state.partition)

    def _observation(self, observation: Observation, headers: Headers) -> Outgoing:
        """Nothing in its headers leads back to the customer."""
        its_id = f"observation/{observation.partition}/{observation.number}"
        of_case = Stamp.read(headers)
        stamp = Stamp(its_id, of_case.accepted_at, of_case.received_at, "observation/1")
        return Outgoing(WORLD, its_id.encode(), to_json(observation), stamp.headers(), partition=0)

    def _risks(self, turn: Turn, carried: Headers, settled: Settled, drivers: Drivers) -> list[Outgoing]:
        """Rows that show something new, the worst first; then what is no more."""
        headers = [*carried, ("schema", b"risk/1")]
        places, partition = np.flatnonzero(settled.moved), self.state.partition
        worst_first = places[np.lexsort((places, -settled.scored.result.score[places]))].tolist()
        outputs = [
            Outgoing(
                RISK_SCORES,
                f"{drivers.rows[at].customer_id}/{drivers.rows[at].material}".encode(),
                risk_record(drivers, at, turn.accepted_at),
                headers,
                partition,
            )
            for at in worst_first
        ]
        for customer_id, material in turn.gone:
            outputs.append(Outgoing(RISK_SCORES, f"{customer_id}/{material}".encode(), None, headers, partition))
        return outputs


def _read(schema: str, value: bytes | None) -> BaseModel:
    kind = schema.split("/", 1)[0]
    model = KINDS.get(kind)
    if model is None:
        raise DeadLetter(f"schema {schema!r}: a ledger holds {', '.join(KINDS)}")
    try:
        return model.model_validate_json(value or b"")
    except ValidationError as error:
        raise DeadLetter.of(error, kind) from None


def _turn(stamp: Stamp, given: BaseModel) -> Turn:
    record_id = f"change/{given.number}" if isinstance(given, Change) else stamp.event_id
    return Turn(
        record_id=record_id,
        at_us=round(stamp.accepted_at.timestamp() * 1_000_000),
        accepted_at=rfc3339(stamp.accepted_at),
        quiet=stamp.quiet or (isinstance(given, Change) and given.quiet),
    )
