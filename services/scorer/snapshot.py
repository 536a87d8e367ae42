"""The state of a partition as bytes, and back: columns as they lie in memory, the small rest as JSON.

    8 bytes: length of the head, little-endian | head (JSON) | the arrays, one after the other

No pickle: a snapshot can be read by another version, and can do nothing but be data."""

import json
from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import date
from typing import Any

import numpy as np
import orjson

from services.scorer.state import Arrival, State, Story
from shared.contracts.customers import Silence
from shared.contracts.licences import Stratum
from shared.contracts.measures import Measure
from shared.domain.alerts.alert import Alerts
from shared.domain.alerts.own_business import Case, Decision
from shared.domain.alerts.telling import Telling
from shared.domain.licences.lead_times import LeadTimes
from shared.domain.risk.codes import Codes
from shared.domain.risk.columns import Array, Columns, Customers, Exposures, Pool, Suppliers
from shared.domain.risk.contexts import Contexts
from shared.domain.risk.leadtime import Waits
from shared.domain.risk.portfolio import Portfolio
from shared.domain.risk.shocks import Shock
from shared.domain.risk.structure import Structure
from shared.domain.risk.world import World

VERSION = 9
_TABLES: dict[str, type[Columns]] = {
    "customers": Customers,
    "exposures": Exposures,
    "pool": Pool,
    "suppliers": Suppliers,
}


def dump(state: State) -> bytes:
    arrays = dict(_arrays(state.portfolio))
    head = {
        "arrays": [[name, array.dtype.str, len(array)] for name, array in arrays.items()],
        "world": _world(state.world),
        "state": _rest(state),
    }
    encoded = orjson.dumps(head)
    return b"".join(
        [len(encoded).to_bytes(8, "little"), encoded, *(np.ascontiguousarray(a).tobytes() for a in arrays.values())]
    )


def load(partition: int, data: bytes) -> State:
    size = int.from_bytes(data[:8], "little")
    head = json.loads(data[8 : 8 + size])
    arrays: dict[str, Array] = {}
    at = 8 + size
    for name, kind, length in head["arrays"]:
        arrays[name] = np.frombuffer(data, kind, length, at).copy()
        at += arrays[name].nbytes
    world = _read_world(head["world"])
    state = State(partition, world, Portfolio(world), Structure(world.materials, world.origins))
    tables = {
        table: columns.of({name: arrays[f"{table}.{name}"] for name in columns.COLUMNS})
        for table, columns in _TABLES.items()
    }
    ids = arrays["ids"].tobytes().decode().split("\n") if len(arrays["ids"]) else []
    state.portfolio.restore(ids, **tables)  # type: ignore[arg-type]  # each by its name
    _read_rest(state, head["state"])
    return state


def _arrays(portfolio: Portfolio) -> Iterator[tuple[str, Array]]:
    """Origins and suppliers without gaps: where they lie is nobody's business."""
    yield "ids", np.frombuffer("\n".join(portfolio.ids).encode(), np.uint8)
    starts, pool, supplier_starts, suppliers = portfolio.tidied()
    moved = {"start": starts, "supplier_start": supplier_starts}
    tables: dict[str, Columns] = {
        "customers": portfolio.customers,
        "exposures": portfolio.exposures,
        "pool": pool,
        "suppliers": suppliers,
    }
    for table, columns in tables.items():
        for name, array in columns.arrays().items():
            yield f"{table}.{name}", moved.get(name, array) if table == "exposures" else array


def _world(world: World) -> dict[str, Any]:
    return {
        "materials": world.materials.names,
        "origins": world.origins.names,
        "contexts": world.contexts.pairs,
        "measure_codes": world.measure_codes.names,
        "measures": [json.loads(measure.model_dump_json(by_alias=True)) for measure in world.measures.values()],
        "in_force": list(world.in_force),
        "shocks": [[key, _shock(shock)] for key, shock in world.shocks.items()],
        "day": world.day,
        "strata": [stratum.model_dump(mode="json") for stratum in world.waits.lead_times.strata.values()],
        "month": str(world.waits.lead_times.month),
    }


def _shock(shock: Shock) -> dict[str, Any]:
    return {field.name: getattr(shock, field.name) for field in fields(shock) if field.init}


def _read_world(saved: dict[str, Any]) -> World:
    """Cells follow from the measures in force and the shocks, in the order in which these entered."""
    contexts = Contexts((destination, end_use) for destination, end_use in saved["contexts"])
    world = World(Codes(saved["materials"]), Codes(saved["origins"]), contexts)
    world.measure_codes = Codes(saved["measure_codes"])
    world.day = saved["day"]
    strata = [Stratum.model_validate(stratum) for stratum in saved["strata"]]
    world.waits = Waits(LeadTimes(strata, date.fromisoformat(saved["month"])))
    measures = {measure["id"]: Measure.model_validate(measure) for measure in saved["measures"]}
    for measure_id in saved["in_force"]:
        world.put_measure(measures[measure_id])
    for measure in measures.values():
        world.put_measure(measure)
    world.measures = measures
    for key, shock in saved["shocks"]:
        words: Any = {name: tuple(value) if isinstance(value, list) else value for name, value in shock.items()}
        world.put_shock(key, Shock(**words))
    return world


def _rest(state: State) -> dict[str, Any]:
    arrivals = state.arrivals.items()
    return {
        "change": state.change,
        "message": state.message,
        "observed": state.observed,
        "now": state.now,
        "day": state.day,
        "whole_day": state.whole_day,
        "clocks": state.clocks,
        "alerts": state.alerts.dump(),
        "held": state.alerts.dump_held(),
        "cases": [[row, [[ref, asdict(case)] for ref, case in cases.items()]] for row, cases in state.cases.items()],
        "arrivals": [[row, [[ref, asdict(each)] for ref, each in arrived.items()]] for row, arrived in arrivals],
        "silences": [json.loads(silence.model_dump_json()) for silence in state.silences.values()],
        "stories": [[story_id, asdict(story)] for story_id, story in state.stories.items()],
    }


def _read_rest(state: State, saved: dict[str, Any]) -> None:
    state.change, state.message, state.observed = saved["change"], saved["message"], saved["observed"]
    state.now, state.day, state.whole_day = saved["now"], saved["day"], saved["whole_day"]
    state.clocks = [(at, what, customer, about) for at, what, customer, about in saved["clocks"]]
    state.alerts = Alerts.load(saved["alerts"], saved["held"])
    state.cases = {row: {ref: _case(case) for ref, case in cases} for row, cases in saved["cases"]}
    state.arrivals = {row: {ref: Arrival(**each) for ref, each in arrived} for row, arrived in saved["arrivals"]}
    state.silences = {silence["id"]: Silence.model_validate(silence) for silence in saved["silences"]}
    state.stories = {story_id: _story(story) for story_id, story in saved["stories"]}


def _case(saved: dict[str, Any]) -> Case:
    return Case(**saved | {"decisions": {event_id: Decision(**each) for event_id, each in saved["decisions"].items()}})


def _story(saved: dict[str, Any]) -> Story:
    return Story(Telling.load(saved["telling"]), tuple(saved["materials"]), saved["last_news"])
