"""The one example of the README is what a system that has just been started makes of its event: the registry's fold
over the timeline and the event, then the scorer's."""

import json
import re
from datetime import datetime
from typing import Any

from services.cli.sample import SAMPLE
from services.registry import seed
from services.scorer.testing import Ledger
from shared.contracts.events import MeasureChange
from tests.fixtures.markdown import README, blocks
from tests.unit.registry.world import Record, World


def test_the_example_is_what_comes_of_its_event() -> None:
    (shown,) = map(json.loads, blocks(README, "json"))
    body = told_of(posted(), datetime.fromisoformat(shown["timestamp"]))
    assert shown == shortened(body, shown)
    assert _quote() == f"{body['data']['title']} {body['data']['summary']}"


def posted() -> MeasureChange:
    (command,) = (block for block in blocks(README, "sh") if '"measure_change"' in block)
    found = re.search(r"-d '(.*)'", command, re.DOTALL)
    assert found
    return MeasureChange.model_validate_json(found[1])


def told_of(event: MeasureChange, at: datetime) -> Any:
    world, ledger = World(), Ledger(now=at)
    for line in seed.lines():
        if line.due <= at:
            seeded = seed.record(line, at, at, quiet=True, jump=None)
            known = world.take(Record(seeded.value, seeded.headers))
            assert known is None or ledger.write(known.record_id, "change", known, quiet=True) == []
    ledger.profile("sample-motors", SAMPLE)
    change = world.put(event, at)
    assert change is not None
    (message,) = ledger.write(change.record_id, "change", change)
    return message["body"]


def shortened(whole: Any, shown: Any) -> Any:
    """The parts of `whole` that are shown; of a list all items are."""
    if isinstance(shown, dict):
        return {name: shortened(whole[name], inner) for name, inner in shown.items()}
    if isinstance(shown, list):
        assert len(whole) == len(shown)
        return [shortened(*pair) for pair in zip(whole, shown, strict=True)]
    return whole


def _quote() -> str:
    lines = (line.removeprefix("> ") for line in README.read_text().splitlines() if line.startswith("> "))
    return " ".join(lines).replace("**", "")
