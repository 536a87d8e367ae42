"""The same act again: with the same content a duplicate, with other content a correction, the newest known wins."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

from shared.contracts.measures import MeasureEvidence
from shared.domain.measures.acts import same_content, standing
from tests.unit.measures.acts import KNOWN, act, state

WRONG = act("suspended", "2025-11-07", until="2026-10-10", act="CN-2025-70")
RIGHT = act("suspended", "2025-11-07", until="2026-11-10", act="CN-2025-70", known_at=KNOWN + timedelta(days=1))


def test_a_correction_replaces_what_it_corrects_in_whatever_order_they_come() -> None:
    imposed = act("imposed", "2025-10-09")
    for acts in permutations([imposed, WRONG, RIGHT]):
        assert state("2026-11-01", *acts) == "suspended"


def test_before_it_was_known_the_correction_does_not_count() -> None:
    assert standing([WRONG, RIGHT], KNOWN) == [WRONG]
    assert standing([WRONG, RIGHT], KNOWN + timedelta(days=2)) == [RIGHT]


def test_an_act_may_suspend_and_lift_and_both_count() -> None:
    acts = act("imposed", "2025-02-22"), act("suspended", "2025-03-01", act="X"), act("lifted", "2025-04-01", act="X")
    assert state("2025-03-15", *acts) == "suspended"
    assert state("2025-04-15", *acts) == "lifted"


def test_who_reported_it_and_when_is_not_content() -> None:
    evidence = MeasureEvidence(source="Xinhua", published_at=datetime(2025, 11, 7, tzinfo=UTC), asserted="asserted")
    retold = WRONG.model_copy(update={"event_id": "other", "known_at": KNOWN + timedelta(1), "evidence": evidence})
    assert same_content(WRONG, retold)
    assert not same_content(WRONG, RIGHT)
