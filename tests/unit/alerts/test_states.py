"""Since when a measure stands as it does: the newest move counts, not the first act."""

from datetime import date
from typing import Any

import pytest

from services.scorer.testing import measure
from shared.contracts.measures import Widening
from shared.domain.alerts.states import in_words, newest_act
from shared.domain.alerts.telling import of_measure

OCTOBER = {"state": "in_force", "from": "2026-09-30T16:00:00Z", "known_at": "2026-09-30T16:00:00Z", "act": "CN-1"}
PAUSE = {"state": "suspended", "from": "2026-12-31T16:00:00Z", "known_at": "2026-12-20T00:00:00Z", "act": "CN-1s"}
BACK = {"state": "in_force", "from": "2027-02-28T16:00:00Z", "known_at": "2027-02-25T00:00:00Z", "act": "CN-1r"}
EXPIRED = BACK | {"act": None, "confirmed": False}
CONFIRMED = BACK | {"from": "2027-03-14T16:00:00Z", "act": "override/7"}


@pytest.mark.parametrize(
    ("moves", "words"),
    [
        ([OCTOBER], "in force since 1 October 2026"),
        ([OCTOBER, PAUSE, BACK], "in force again since 1 March 2027"),
        ([OCTOBER, BACK], "in force again since 1 March 2027"),
        ([PAUSE, BACK], "in force since 1 March 2027"),
        ([OCTOBER, PAUSE, EXPIRED], "in force again since 1 March 2027: the suspension expired, unconfirmed"),
        ([OCTOBER, PAUSE, EXPIRED, CONFIRMED], "in force again since 1 March 2027, confirmed on 15 March 2027"),
        ([PAUSE, EXPIRED, CONFIRMED], "in force since 1 March 2027, confirmed on 15 March 2027"),
    ],
)
def test_since_when_a_measure_is_in_force(moves: list[dict[str, Any]], words: str) -> None:
    confirmed = moves[-1].get("confirmed", True)
    assert in_words(measure(effective_on="2026-10-01", history=moves, confirmed=confirmed)) == words


def test_an_end_of_its_own_is_said_with_it() -> None:
    back = measure(effective_on="2026-10-01", history=[OCTOBER, PAUSE, BACK], until="2027-12-31")
    assert in_words(back) == "in force again since 1 March 2027 until 31 December 2027"


def test_the_evidence_is_of_the_newest_act() -> None:
    assert of_measure(measure(history=[OCTOBER, PAUSE, BACK])).basis.endswith("(act CN-1r).")
    assert of_measure(measure(history=[OCTOBER, PAUSE, CONFIRMED])).basis.endswith("(a human's override).")
    assert newest_act(measure()) == "act CN-1"


def test_who_came_under_it_later_reads_since_when() -> None:
    widened = Widening(act="CN-1x", title="Terbium alloys too", on=date(2026, 11, 28))
    told = of_measure(measure(effective_on="2026-10-01", history=[OCTOBER]), widened)
    assert told.title == "China: export licence requirement on terbium widened from 28 November 2026, in force"
    assert told.happened == (
        "Terbium alloys too (CN-1, CN-1x): widened from 28 November 2026, in force. It now reaches what you buy."
    )
    assert told.basis.endswith("(act CN-1x).")


def test_once_it_has_moved_since_the_widening_is_old() -> None:
    widened = Widening(act="CN-1x", title="Terbium alloys too", on=date(2026, 11, 28))
    back = measure(effective_on="2026-10-01", history=[OCTOBER, PAUSE, BACK])
    assert of_measure(back, widened) == of_measure(back)
    later = of_measure(measure(state="suspended", history=[OCTOBER, PAUSE]), Widening(act="x", on=date(2027, 1, 9)))
    assert later.title.endswith("widened from 9 January 2027, suspended")
