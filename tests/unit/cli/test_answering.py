"""`chokepoint listen --fail 503 --rate 0.1 --slow 2s`."""

import pytest

from services.cli.answering import Answers, Manners, seconds
from shared.errors import ChokepointError


def statuses(manners: Manners, count: int = 1_000) -> list[int]:
    answers = Answers(manners)
    return [answers.next().status for _ in range(count)]


def test_a_share_of_the_requests_is_refused_the_same_ones_under_the_same_seed() -> None:
    refused = statuses(Manners(fail=503, rate=0.1, seed=7))
    assert 60 < refused.count(503) < 140
    assert refused == statuses(Manners(fail=503, rate=0.1, seed=7))


def test_without_a_rate_all_are_and_without_a_status_none() -> None:
    assert set(statuses(Manners(fail=503))) == {503}
    assert set(statuses(Manners())) == {204}


def test_how_to_refuse_is_nothing_without_a_refusal() -> None:
    for wrong in ({"rate": 0.1}, {"retry_after_s": 3}):
        with pytest.raises(ChokepointError, match="--fail"):
            Manners(**wrong)


@pytest.mark.parametrize(("text", "expected"), [("2s", 2), ("500ms", 0.5), ("1.5", 1.5), ("1m", 60), (0, 0)])
def test_durations(text: str | float, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "soon", "-1s", "2 hours"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        seconds(text)
