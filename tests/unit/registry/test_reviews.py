"""A human's word on a signal outweighs the machine's, a later one supersedes it, and nothing is changed in place."""

from datetime import date
from typing import Any

import pytest

from services.registry.archive import KEPT_FOR
from services.registry.fold import Registry
from shared.contracts.measures import Measure, MeasureRecord
from shared.contracts.signals import Judgement, Signal
from shared.domain.measures import record_at
from shared.kafka.record import DeadLetter
from tests.unit.registry.world import PARTITIONS, World, at, imposed, news, suspended, word

NAMING = "Announcement No. 61 of 2025 on terbium"
RETURN = "2026-11-12"


def denial(**fields: Any) -> Judgement:
    return news(f"Beijing denies {NAMING}", published="2025-10-12", asserted="denied", event_id="denial", **fields)


def world(*told: Judgement) -> World:
    """A licence requirement is imposed, and then the news of it."""
    made = World()
    made.put(imposed(), "2025-10-09T02:00")
    for judgement in told:
        made.put(judgement, judgement.published_at, judgement.event_id)
    return made


def newest(found: World) -> Signal:
    return found.signals()[-1]


def test_a_rejected_signal_leaves_the_measure_as_if_it_had_never_been_said() -> None:
    said, untouched = world(denial()), world()
    assert said.measure("CN-2025-61").contested
    change = said.put(word("rejected", "denial-1"), "2025-10-13T02:00")
    assert change is not None
    assert (change.cause, change.title, change.signals) == ("review", "read it", ())
    assert said.measure("CN-2025-61") == untouched.measure("CN-2025-61")
    review = newest(said).review
    assert review is not None
    assert (review.verdict, review.by, review.reason, review.at) == (
        "rejected",
        "ops",
        "read it",
        at("2025-10-13T02:00"),
    )


def test_what_others_said_stays() -> None:
    other = news(f"AP: no {NAMING}", published="2025-10-12", source="AP", asserted="denied", event_id="other")
    found = world(denial(), other)
    change = found.put(word("rejected", "denial-1"), "2025-10-13T02:00")
    assert change is not None
    [retold] = change.retold
    assert [(one.signal.id, one.signal.novelty) for one in retold.standing] == [("other-1", "new")]
    measure = found.measure("CN-2025-61")
    assert measure.contested
    assert [evidence.source for evidence in measure.evidence] == ["MOFCOM", "AP"]


def test_a_word_adds_to_what_is_known_and_changes_nothing_that_was() -> None:
    found = world(denial())
    found.put(word("rejected", "denial-1"), "2025-10-20T02:00")
    [*_, last] = (MeasureRecord.model_validate_json(one.value or b"") for one in found.said if one.topic == "measures")

    def known(on: str) -> Measure:
        measure = record_at(last, at("2025-10-15"), at(on))
        assert measure is not None
        return measure

    assert known("2025-10-19").contested, "that was what was known"
    assert not known("2025-10-21").contested


def test_a_later_word_supersedes_an_earlier_one() -> None:
    turned, only = world(denial()), world(denial())
    turned.put(word("rejected", "denial-1", 1), "2025-10-13T02:00")
    turned.put(word("confirmed", "denial-1", 2), "2025-10-14T02:00")
    only.put(word("confirmed", "denial-1", 2), "2025-10-14T02:00")
    assert turned.measure("CN-2025-61") == only.measure("CN-2025-61")
    assert newest(turned) == newest(only)
    turned.put(word("rejected", "denial-1", 3), "2025-10-15T02:00")
    assert turned.measure("CN-2025-61") == world().measure("CN-2025-61")


def test_the_same_word_again_is_none() -> None:
    found = world(denial())
    found.put(word("rejected", "denial-1", 1), "2025-10-13T02:00")
    found.put(word("confirmed", "denial-1", 2), "2025-10-14T02:00")
    said = len(found.said)
    assert found.put(word("rejected", "denial-1", 1), "2025-10-14T03:00") is None
    assert len(found.said) == said


def test_who_says_the_same_anew_is_named_and_nothing_else_moves() -> None:
    found = world(denial())
    found.put(word("rejected", "denial-1", 1), "2025-10-13T02:00")
    assert found.put(word("rejected", "denial-1", 2), "2025-10-14T02:00") is None
    review = newest(found).review
    assert review is not None
    assert review.at == at("2025-10-14T02:00")


def test_a_human_who_confirms_vouches_for_it_in_the_evidence() -> None:
    found = world(denial())
    doubted = found.measure("CN-2025-61").belief
    found.put(word("confirmed", "denial-1"), "2025-10-13T02:00")
    measure = found.measure("CN-2025-61")
    assert measure.belief < doubted / 2
    assert [evidence.confirmed_by for evidence in measure.evidence] == [None, "ops"]
    assert (measure.state, newest(found).confidence) == ("in_force", 0.8), "acts alone move a state"


def test_a_confirmed_report_confirms_a_return_that_one_alone_does_not() -> None:
    found = world()
    found.put(suspended(), "2025-11-07T02:00")
    report = news(f"China enforces {NAMING} again", published=RETURN, event_id="back")
    found.put(report, f"{RETURN}T02:00", "back")
    assert not found.measure("CN-2025-61").confirmed
    change = found.put(word("confirmed", "back-1", 1), "2026-11-13T02:00")
    assert change is not None
    assert [(move.state, move.confirmed) for move in change.transitions] == [("in_force", True)]
    change = found.put(word("rejected", "back-1", 2), "2026-11-14T02:00")
    assert change is not None
    assert [(move.state, move.confirmed) for move in change.transitions] == [("in_force", False)]


def test_a_correction_takes_back_the_old_reading_and_tells_the_new_one() -> None:
    found = world(denial())
    before = newest(found)
    change = found.put(word("corrected", "denial-1", asserted="asserted"), "2025-10-13T02:00")
    assert change is not None
    old, new = change.retold
    assert (old.story_id, old.standing) == (before.story_id, ())
    [standing] = new.standing
    assert (standing.signal.asserted, standing.signal.direction) == ("asserted", "tightening")
    assert (standing.signal.novelty, standing.heard_at) == ("new", denial().published_at)
    assert new.story_id == newest(found).story_id != before.story_id
    measure = found.measure("CN-2025-61")
    assert not measure.contested
    assert measure.evidence[-1].asserted == "asserted"
    review = newest(found).review
    assert review is not None
    assert review.was_in == (before.story_id,)


def test_a_correction_finds_the_story_that_others_tell() -> None:
    right = news("China tightens its grip on terbium", published="2025-10-12", source="AP", event_id="right")
    wrong = news(
        "China on terbium", published="2025-10-12", type="control_lifted", direction="easing", event_id="wrong"
    )
    found = world(right, wrong)
    story = found.signals()[0].story_id
    change = found.put(word("corrected", "wrong-1", type="control_imposed"), "2025-10-13T02:00")
    assert change is not None
    assert [one.signal.id for one in change.retold[1].standing] == ["right-1", "wrong-1"]
    assert (newest(found).story_id, newest(found).novelty, newest(found).direction) == (story, "update", "tightening")


def test_corrections_add_up_and_a_date_can_be_taken_away() -> None:
    found = world(denial(effective_on="2024-10-10"))
    found.put(word("corrected", "denial-1", 1, targets=("JP",), removed=("effective_on",)), "2025-10-13T02:00")
    found.put(word("corrected", "denial-1", 2, occurred_on="2025-10-11"), "2025-10-13T03:00")
    signal = newest(found)
    assert (signal.targets, signal.effective_on, signal.occurred_on) == (("JP",), None, date(2025, 10, 11))


def test_what_comes_after_a_rejected_story_is_news() -> None:
    later = news("Beijing curbs terbium", published="2025-10-14", source="AP", event_id="later")
    first = news("China tightens its grip on terbium", published="2025-10-12", event_id="first")
    assert newest(world(first, later)).novelty == "update"
    found = world(first)
    found.put(word("rejected", "first-1"), "2025-10-13T02:00")
    found.put(later, "2025-10-14T02:00", "later")
    assert newest(found).novelty == "new"
    assert newest(found).story_id != found.signals()[0].story_id


def test_a_copy_of_what_was_rejected_says_nothing_unless_a_human_vouches_for_it() -> None:
    first = news("China tightens its grip on terbium", published="2025-10-12", text="a", event_id="first")
    copy = news("China tightens its grip on terbium", published="2025-10-13", text="a", source="AP", event_id="copy")
    found = world(first)
    found.put(word("rejected", "first-1", 1), "2025-10-12T05:00")
    assert found.put(copy, "2025-10-13T02:00", "copy") is None
    change = found.put(word("confirmed", "copy-1", 2), "2025-10-13T05:00")
    assert change is not None
    assert [(one.signal.id, one.signal.novelty) for one in change.retold[0].standing] == [("copy-1", "new")]


def test_a_word_on_what_is_not_known_or_no_longer_kept_is_set_aside() -> None:
    found = world(denial())
    with pytest.raises(DeadLetter, match="no signal of the last 90 days"):
        found.put(word("rejected", "nothing-1"), "2025-10-13T02:00")
    last = denial().published_at + KEPT_FOR
    found.days("2025-10-13", str(last.date()))
    assert found.put(word("confirmed", "denial-1", 1), last) is not None
    found.tick("2026-01-12")
    with pytest.raises(DeadLetter):
        found.put(word("rejected", "denial-1", 2), "2026-01-12T02:00")


def test_a_replay_and_a_snapshot_anywhere_come_to_the_same() -> None:
    first = news("China tightens its grip on terbium", published="2025-10-12", text="a", event_id="first")
    copy = news("China tightens its grip on terbium", published="2025-10-13", text="a", source="AP", event_id="copy")
    found = world(denial(), first, copy)
    found.put(word("corrected", "denial-1", 1, asserted="asserted"), "2025-10-13T02:00")
    found.put(word("rejected", "first-1", 2), "2025-10-13T03:00")
    found.put(word("confirmed", "copy-1", 3), "2025-10-13T04:00")
    found.put(word("rejected", "denial-1", 4), "2025-10-13T05:00")
    found.tick("2025-10-14")
    for cut in range(len(found.log) + 1):
        registry = Registry(PARTITIONS)
        outputs = [output for record in found.log[:cut] for output in registry.take(record)]
        registry = Registry.restore(PARTITIONS, registry.dump())
        outputs += [output for record in found.log[cut:] for output in registry.take(record)]
        assert outputs == found.said
        assert registry.dump() == found.registry.dump()
