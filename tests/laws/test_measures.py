"""What holds for whatever acts, in whatever order they come."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.fold import Registry
from shared.contracts.base import to_json
from shared.contracts.changes import Tick
from shared.contracts.events import Entity, ListChange, MeasureChange
from shared.contracts.measures import Act, Override
from shared.contracts.signals import Judgement
from shared.domain.measures import Identity, day_of, measure_at, start_of
from shared.domain.measures.acts import key_of, standing
from shared.domain.measures.chronicle import chronicle
from shared.domain.measures.ladder import ladder
from shared.kafka.record import DeadLetter, Outgoing
from tests.unit.registry.world import PARTITIONS, Record, World, news

pytestmark = pytest.mark.timeout(600)

CHINA = Identity("CN", "CN-2025-61")
BEGINNING = date(2025, 1, 1)
DAYS = st.integers(0, 120).map(lambda number: BEGINNING + timedelta(days=number))
ANY_DAY = DAYS | st.dates()
NAMES = ("Kratos", "Skydio", "Leidos")
KNOWN = datetime(2025, 1, 1, tzinfo=UTC)


@st.composite
def acts(draw: st.DrawFn, days: st.SearchStrategy[date] = DAYS) -> Act:
    on_list = draw(st.booleans())
    actions = ["added", "removed", "suspended", "reinstated", "extended"] if on_list else [
        "imposed", "expanded", "suspended", "reinstated", "lifted", "extended", "amended", "override"
    ]  # fmt: skip
    action = draw(st.sampled_from(actions))
    named = draw(st.sets(st.sampled_from(NAMES), min_size=1)) if on_list else set()
    given_fields: dict[str, Any] = {
        "event_id": str(draw(st.integers(0, 10**9))),
        "act": f"A{draw(st.integers(1, 6))}",
        "action": action,
        "instrument": "ban",
        "announced_on": draw(days),
        "effective_on": draw(days),
        "until": draw(st.none() | days),
        "known_at": KNOWN,
        "materials": draw(st.sampled_from([(), ("terbium",), ("holmium",)])),
        "entities": tuple(Entity(name=name) for name in sorted(named)),
        "state": draw(st.sampled_from(["announced", "in_force", "suspended", "lapsed", "lifted"]))
        if action == "override"
        else None,
    }
    return Act.model_validate(given_fields)


def distinct(found: Sequence[Act]) -> list[Act]:
    """Corrections apart: which of two is known later is a matter of order."""
    return list({key_of(act): act for act in found}.values())


ACTS = st.lists(acts(), min_size=1, max_size=7).map(distinct)
PLAIN_ACTS = ACTS.map(lambda found: [act for act in found if not act.entities]).filter(bool)


@given(ACTS, st.randoms(use_true_random=False), DAYS)
def test_the_order_in_which_acts_arrive_does_not_matter(found: list[Act], random: Any, day: date) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)
    arrived = [act.model_copy(update={"known_at": KNOWN + timedelta(number)}) for number, act in enumerate(shuffled)]
    as_of = start_of(day, CHINA.zone)
    one, other = measure_at(CHINA, found, as_of), measure_at(CHINA, arrived, as_of)
    assert (one is None) == (other is None)
    if one and other:
        forget = {"history": {"__all__": {"known_at"}}}
        assert one.model_dump(exclude=forget) == other.model_dump(exclude=forget)


@given(ACTS, DAYS)
def test_a_duplicate_changes_nothing(found: list[Act], day: date) -> None:
    as_of = start_of(day, CHINA.zone)
    again = [act.model_copy(update={"event_id": f"again-{act.event_id}"}) for act in found if act.action != "override"]
    assert measure_at(CHINA, [*found, *again], as_of) == measure_at(CHINA, found, as_of)


@given(ACTS)
def test_phases_follow_one_another_and_the_last_is_for_ever(found: list[Act]) -> None:
    phases = chronicle(standing(found), CHINA.zone).phases
    instants = [phase.at for phase in phases]
    assert instants == sorted(set(instants))
    for phase in phases:
        assert (phase.suspended_until is None) or phase.state == "suspended"
        assert phase.confirmed or phase.state == "in_force"
    assert phases[-1].state != "suspended" or phases[-1].suspended_until is None
    assert phases[-1].until is None or phases[-1].state in ("lapsed", "lifted")


@given(PLAIN_ACTS, DAYS)
def test_a_suspension_is_below_in_force_and_above_lifted(found: list[Act], day: date) -> None:
    """Suspending from a day on never leaves it in force on that day; lifting it leaves nothing."""
    at_work = {"in_force": 2, "announced": 1, "suspended": 0, "lapsed": 0, "lifted": 0}
    end = BEGINNING + timedelta(days=400)
    common = {"announced_on": day, "effective_on": day, "state": None}
    base = found[0].model_copy(update={**common, "act": "NEW", "until": end, "entities": ()})
    earlier = [act for act in found if max(act.announced_on, act.effective_on) < day]
    if earlier:
        as_of = start_of(day, CHINA.zone)
        plain = measure_at(CHINA, earlier, as_of)
        paused = measure_at(CHINA, [*earlier, base.model_copy(update={"action": "suspended"})], as_of)
        lifted = measure_at(CHINA, [*earlier, base.model_copy(update={"action": "lifted"})], as_of)
        assert plain
        assert paused
        assert lifted
        assert at_work[plain.state] >= at_work[paused.state] >= at_work[lifted.state]
        assert lifted.state == "lifted"


@given(ACTS, DAYS)
def test_every_step_of_a_ladder_lies_before_an_end_that_holds(found: list[Act], day: date) -> None:
    whole, now = chronicle(standing(found), CHINA.zone), start_of(day, CHINA.zone)
    for step in ladder(whole.phases, CHINA.zone, now):
        phase = whole.at(step.at)
        assert phase is not None
        assert now < step.at < step.over_at
        assert step.on in (phase.suspended_until, phase.until)


@given(st.lists(acts(ANY_DAY), min_size=1, max_size=5), st.datetimes(timezones=st.just(UTC)))
def test_no_date_is_too_strange(found: list[Act], as_of: datetime) -> None:
    measure = measure_at(CHINA, found, as_of)
    if measure:
        to_json(measure)
    list(ladder(chronicle(standing(found), CHINA.zone).phases, CHINA.zone, as_of))


FACTS = MeasureChange | ListChange | Override | Judgement | Tick


@st.composite
def facts(draw: st.DrawFn) -> FACTS:
    kind = draw(st.sampled_from(["act", "act", "list", "news", "tick", "override"]))
    act = draw(acts())
    source = {"name": draw(st.sampled_from(["MOFCOM", "Customs"])), "type": "government"}
    if kind == "news":
        said = draw(st.sampled_from(["asserted", "denied"]))
        title = draw(st.sampled_from(["Announcement No. 61", "CN-2025-61 is back", "Terbium"]))
        published = draw(DAYS).isoformat()
        return news(title, published=published, source=draw(st.sampled_from(["A", "B"])), asserted=said)
    if kind == "tick":
        return Tick(at=start_of(draw(DAYS), CHINA.zone))
    if kind == "override" or act.action == "override":
        state = draw(st.sampled_from(["in_force", "suspended", "lifted"]))
        return Override.model_validate(
            {"id": act.act, "measure_id": CHINA.id, "state": state, "until": act.until, "reason": "r", "by": "b"}
        )
    common = {"source": source, "act": act.act, "ref": CHINA.ref, "action": act.action}
    dates = {"announced_on": act.announced_on, "effective_on": act.effective_on, "until": act.until}
    if act.entities:
        entities = [entity.model_dump() for entity in act.entities]
        listing = {"kind": "list_change", "authority": "CN-MOFCOM", "list": "entity_list", "entities": entities}
        return ListChange.model_validate(common | dates | listing)
    scope = {"kind": "measure_change", "issuer": "CN", "instrument": "ban", "materials": act.materials}
    return MeasureChange.model_validate(common | dates | scope)


WORLDS = st.lists(st.tuples(facts(), st.integers(0, 60 * 24 * 120)), max_size=10)


def fold(registry: Registry, log: Sequence[Record]) -> list[Outgoing]:
    said: list[Outgoing] = []
    for record in log:
        try:
            said.extend(registry.take(record))
        except DeadLetter:
            continue
    return said


def log_of(found: Sequence[tuple[FACTS, int]]) -> list[Record]:
    """Stamped in order, though a little out of it here and there, as two doors may write."""
    world = World(_Silent(PARTITIONS))
    for number, (fact, minutes) in enumerate(found):
        moment = fact.at if isinstance(fact, Tick) else datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
        if isinstance(fact, MeasureChange | ListChange):  # the door lets nothing in that is announced for another day
            announced_on = min(fact.announced_on, day_of(moment, CHINA.zone))
            fact = fact.model_copy(update={"announced_on": announced_on})  # noqa: PLW2901
        world.put(fact, moment, f"event-{number}")
    return world.log


class _Silent(Registry):
    def take(self, _record: object) -> Sequence[Outgoing]:
        return ()


@given(WORLDS)
def test_a_replay_reproduces_to_the_byte(found: list[tuple[FACTS, int]]) -> None:
    log = log_of(found)
    one, other = Registry(PARTITIONS), Registry(PARTITIONS)
    assert fold(one, log) == fold(other, log)
    assert one.dump() == other.dump()


@given(WORLDS, st.data())
def test_a_snapshot_anywhere_changes_nothing(found: list[tuple[FACTS, int]], data: st.DataObject) -> None:
    log = log_of(found)
    cut = data.draw(st.integers(0, len(log)))
    whole, early = Registry(PARTITIONS), Registry(PARTITIONS)
    said = fold(early, log[:cut])
    restored = Registry.restore(PARTITIONS, early.dump())
    assert said + fold(restored, log[cut:]) == fold(whole, log)
    assert restored.dump() == whole.dump()


@given(WORLDS)
def test_what_is_read_twice_changes_nothing(found: list[tuple[FACTS, int]]) -> None:
    """Each record written twice, as after a retry whose answer was lost."""
    log = log_of(found)
    once, twice = Registry(PARTITIONS), Registry(PARTITIONS)
    doubled = [record for record in log for _ in range(2)]
    ledger = [output for output in fold(once, log) if output.topic == "ledger"]
    assert [output for output in fold(twice, doubled) if output.topic == "ledger"] == ledger
    assert twice.dump() == once.dump()


@given(WORLDS)
def test_changes_are_numbered_without_a_gap_and_their_states_join(found: list[tuple[FACTS, int]]) -> None:
    world = World()
    state: dict[str, str] = {}
    numbers = []
    for record in log_of(found):
        try:
            change = world.take(record)
        except DeadLetter:
            continue
        if change is None:
            continue
        numbers.append(change.number)
        for moved in change.transitions:
            assert moved.previous == state.get(moved.measure_id)
            state[moved.measure_id] = moved.state
        for measure in change.measures:
            assert measure.state == state[measure.id]
    assert numbers == list(range(1, len(numbers) + 1))


REFS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=128)
CLOSE_REFS = st.text("CNU2-/_. é", min_size=1, max_size=8)
ISSUERS = st.sampled_from(["CN", "US", "CD", "EU"])


@given(ISSUERS, REFS)
def test_every_id_can_stand_in_a_url(issuer: str, ref: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,128}", Identity(issuer, ref).id)


@given(ISSUERS, CLOSE_REFS, ISSUERS, CLOSE_REFS)
def test_two_measures_have_two_ids(issuer: str, ref: str, other_issuer: str, other_ref: str) -> None:
    one, other = Identity(issuer, ref), Identity(other_issuer, other_ref)
    assert (one.id == other.id) == (one == other)
