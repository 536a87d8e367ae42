"""What is told and denied is one contested story: from the registry's record to the customer's score."""

from services.scorer.testing import Json, Ledger, LedgerRecord, bought
from shared.contracts.signals import Judgement
from tests.unit.registry.world import World, imposed, news, word


class Heard:
    """A registry and a scorer that reads what it says."""

    def __init__(self) -> None:
        self.world, self.ledger = World(), Ledger()
        self.ledger.customer("acme", bought())

    def put(self, judgement: Judgement, when: str) -> float:
        """The score after it."""
        before = len(self.world.said)
        self.world.put(judgement, when, judgement.event_id)
        for one in self.world.said[before:]:
            if (one.topic, one.partition) == ("ledger", self.ledger.partition):
                self.ledger.take(LedgerRecord(len(self.ledger.records), one.value, one.headers))
        return self.score

    @property
    def score(self) -> float:
        risk: Json = self.ledger.risk("acme", "terbium")
        return float(risk["score"])


HALT = {"type": "export_halt"}
HALTED = news("China halts exports of terbium", published="2026-05-04", **HALT)
DENIED = news(
    "Ministry denies that it has halted them", published="2026-05-05", source="MOFCOM", asserted="denied", **HALT
)


def test_a_denial_takes_from_the_score_what_it_denies_and_leaves_some() -> None:
    heard = Heard()
    calm = heard.score
    asserted = heard.put(HALTED, "2026-05-04T09:00")
    contested = heard.put(DENIED, "2026-05-05T09:00")
    assert calm < contested < asserted
    said, denial = heard.world.signals()
    assert (denial.story_id, denial.novelty, denial.asserted) == (said.story_id, "update", "denied")


def test_it_counts_once_for_each_who_denies_and_confirms_nothing() -> None:
    world = World()
    again = news("Not halted", published="2026-05-06", source="MOFCOM", asserted="denied", **HALT)
    other = news("Halt denied", published="2026-05-06", source="Xinhua", asserted="denied", **HALT)
    more = news("A halt, say traders", published="2026-05-07", source="MOFCOM", **HALT)
    for one in (HALTED, DENIED, again, other, more):
        world.put(one, one.published_at, one.event_id)
    assert [signal.novelty for signal in world.signals()] == ["new", "update", "duplicate", "update", "update"]
    assert len({signal.story_id for signal in world.signals()}) == 1


def test_who_denies_something_else_or_too_late_is_of_no_story_of_it() -> None:
    for denial in (
        news("No licence", published="2026-05-05", source="MOFCOM", asserted="denied", type="control_imposed"),
        news("Not so", published="2026-05-05", source="MOFCOM", asserted="denied", issuer="US", **HALT),
        news("No", published="2026-05-05", source="MOFCOM", asserted="denied", materials=("holmium",), **HALT),
        news("Not halted", published="2026-05-20", source="MOFCOM", asserted="denied", **HALT),
    ):
        world = World()
        world.put(HALTED, "2026-05-04T09:00", "halted")
        world.put(denial, denial.published_at, denial.event_id)
        said, denied = world.signals()
        assert (denied.novelty, denied.story_id != said.story_id) == ("new", True), denial.title


def test_a_denial_that_a_human_rejects_leaves_the_story_as_it_was() -> None:
    world = World()
    world.put(HALTED, "2026-05-04T09:00", HALTED.event_id)
    world.put(DENIED, "2026-05-05T09:00", DENIED.event_id)
    change = world.put(word("rejected", DENIED.signals[0].id), "2026-05-05T10:00")
    assert change is not None
    (retold,) = change.retold
    assert [standing.signal.asserted for standing in retold.standing] == ["asserted"]


def test_told_and_denied_of_a_measure_are_two_voices_on_it() -> None:
    """However well known either speaker is."""
    world = World()
    world.put(imposed(), "2025-10-09T02:00")
    said = news("CN-2025-61 applies", published="2025-10-10")
    denied = news("CN-2025-61 applies to nobody", published="2025-10-11", source="AP", asserted="denied")
    for one in (said, denied):
        world.put(one, one.published_at, one.event_id)
    assert world.measure("CN-2025-61").contested
