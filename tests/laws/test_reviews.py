"""What holds for whatever news and whatever people say of it, in the registry and in the scorers behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from services.registry.fold import Registry
from services.scorer.handler import restore
from services.scorer.testing import Json, Ledger, LedgerRecord, bought
from shared.contracts.changes import Tick
from shared.contracts.measures import Measure
from shared.contracts.reviews import Review
from shared.contracts.signals import Judgement, Verdict
from shared.domain.alerts.causes import alert_id, cause
from tests.unit.registry.world import PARTITIONS, World, at, imposed, news, word

BEGINNING = at("2025-10-12")
THIRD = timedelta(hours=8)
PARTITION = 1
TYPES = st.sampled_from(["control_imposed", "control_lifted", "export_halt"])
SAID = st.sampled_from(["asserted", "denied", "expected"])
TITLES = st.sampled_from(["On terbium", "Announcement No. 61 of 2025 on terbium"])
VERDICTS: st.SearchStrategy[Verdict] = st.sampled_from(["confirmed", "rejected"])
few = settings(max_examples=settings().max_examples // 5)
"""Each is two folds over a dozen records."""
Fact = Judgement | Review | Tick


@dataclass
class Whole:
    """The registry, and one partition of scorers with a customer who buys what the news is about."""

    world: World = field(default_factory=World)
    ledger: Ledger = field(default_factory=lambda: Ledger(partition=PARTITION, now=BEGINNING - timedelta(days=3)))

    def __post_init__(self) -> None:
        self.ledger.customer("acme", bought(cover=30))
        self.put(imposed(), BEGINNING - timedelta(days=2))

    def put(self, fact: BaseModel, when: datetime) -> None:
        before = len(self.world.said)
        self.world.put(fact, when)
        for said in self.world.said[before:]:
            if said.topic == "ledger" and said.partition == PARTITION:
                record = LedgerRecord(len(self.ledger.records), said.value, said.headers, partition=PARTITION)
                self.ledger.take(record)

    def hear(self, facts: Sequence[Fact], since: datetime = BEGINNING) -> "Whole":
        for number, fact in enumerate(facts):
            self.put(fact, since + number * THIRD)
        return self

    @property
    def measure(self) -> Measure:
        return self.world.measure("CN-2025-61")

    @property
    def score(self) -> float:
        score: float = self.ledger.risk("acme", "terbium")["score"]
        return score

    def open_stories(self) -> set[str]:
        status = {message["data"]["id"]: message["data"]["status"] for message in self.ledger.messages}
        stories = {signal.story_id or "" for signal in self.world.signals()}
        return {story for story in stories if status.get(alert_id("acme", cause("story", story))) == "open"}

    def told_stories(self) -> set[str]:
        newest = {signal.id: signal for signal in self.world.signals()}.values()
        return {one.story_id or "" for one in newest if not (one.review and one.review.verdict == "rejected")}


@st.composite
def told(draw: st.DrawFn) -> list[Judgement]:
    found = []
    for number in range(draw(st.integers(1, 5))):
        kind = draw(TYPES)
        fields: Json = {
            "type": kind,
            "asserted": draw(SAID),
            "source": draw(st.sampled_from(["AP", "Reuters", "Wire"])),
        }
        fields["direction"] = "easing" if kind == "control_lifted" else "tightening"
        published = (BEGINNING - timedelta(hours=1)).isoformat()[:16]
        text = draw(st.sampled_from(["a", "b", f"own-{number}"]))
        found.append(news(draw(TITLES), published=published, event_id=f"event-{number}", text=text, **fields))
    return found


@st.composite
def words(draw: st.DrawFn, said: Sequence[Judgement]) -> list[Review]:
    ids = st.sampled_from([judgement.signals[0].id for judgement in said])
    return [word(draw(VERDICTS), draw(ids), number) for number in range(draw(st.integers(1, 6)))]


@st.composite
def lives(draw: st.DrawFn) -> list[Fact]:
    """News and words, corrections too, in any order in which a word comes after what it is about."""
    said = draw(told())
    facts: list[Fact] = []
    for number, judgement in enumerate(said):
        facts.append(judgement)
        for more in range(draw(st.integers(0, 2))):
            about = draw(st.sampled_from(said[: number + 1])).signals[0].id
            verdict: Verdict = draw(VERDICTS | st.just("corrected"))
            fields = {"type": draw(TYPES), "asserted": draw(SAID)} if verdict == "corrected" else {}
            facts.append(word(verdict, about, 10 * number + more, **fields))
    return facts


@few
@given(told())
def test_what_is_rejected_was_never_said(said: list[Judgement]) -> None:
    nothing = Whole()
    rejected = [word("rejected", judgement.signals[0].id, number) for number, judgement in enumerate(said)]
    whole = Whole().hear([*said, *rejected])
    assert whole.measure == nothing.measure
    assert whole.score == nothing.score
    assert not whole.open_stories()


@few
@given(st.data())
def test_the_last_word_on_a_signal_decides(data: st.DataObject) -> None:
    said = data.draw(told())
    given_words = data.draw(words(said))
    later = BEGINNING + 10 * THIRD
    last = {one.signal_id: number for number, one in enumerate(given_words)}
    whole, brief = Whole().hear(said).hear(given_words, later), Whole().hear(said)
    for number in sorted(last.values()):
        brief.hear(given_words[number : number + 1], later + number * THIRD)
    for each in (whole, brief):
        each.hear([Tick(at=later + 7 * THIRD)], later + 7 * THIRD)
    assert whole.measure == brief.measure
    assert whole.score == pytest.approx(brief.score, abs=0.011)
    assert whole.told_stories() == brief.told_stories()
    # what a band did on the way is told, too: more than what stands may not be open
    assert whole.open_stories() <= whole.told_stories()


@few
@given(lives(), st.data())
def test_a_replay_and_a_snapshot_anywhere_give_the_same_bytes(facts: list[Fact], data: st.DataObject) -> None:
    whole = Whole().hear(facts)
    log, ledger = whole.world.log, whole.ledger
    cut = data.draw(st.integers(0, len(log)))
    registry = Registry(PARTITIONS)
    said = [output for record in log[:cut] for output in registry.take(record)]
    registry = Registry.restore(PARTITIONS, registry.dump())
    said += [output for record in log[cut:] for output in registry.take(record)]
    assert said == whole.world.said
    assert registry.dump() == whole.world.registry.dump()
    cut = data.draw(st.integers(0, len(ledger.records)))
    fold = restore(PARTITION, None)
    outputs = [output for record in ledger.records[:cut] for output in fold.take(record)]
    fold = restore(PARTITION, fold.dump())
    outputs += [output for record in ledger.records[cut:] for output in fold.take(record)]
    assert outputs == ledger.outputs
