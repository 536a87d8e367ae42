"""A library that tries again, and says so each time, does not fill the log; ours is written as it is."""

import logging
from collections.abc import Callable

import pytest
import structlog

from shared.log_damping import DampingFilter, DampingPolicy
from tests.fixtures.logged import logged

AWAY = "Unable connect to node with id %s: %s"
POLICY = DampingPolicy(first_wait_s=10, longest_wait_s=40, passing_for_s=15, over_after_s=60)


class Now:
    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def written(now: Now) -> Callable[..., str | None]:
    """Level and words of a line as it is written; none: it was held back."""
    damping = DampingFilter(POLICY, now)

    def write(at: float, template: object, *args: object, level: int = logging.ERROR) -> str | None:
        now.at = 1_000 + at
        record = logging.LogRecord("aiokafka", level, __file__, 1, template, args, None)
        return f"{record.levelname} {record.getMessage()}" if damping.filter(record) else None

    return write


def test_of_a_thousand_lines_while_the_broker_is_away_two_are_written(written: Callable[..., str | None]) -> None:
    lines = [written(tick / 50, AWAY, tick % 3, "refused") for tick in range(1_000)]
    assert [line for line in lines if line] == [
        "INFO Unable connect to node with id 0: refused",
        "INFO Unable connect to node with id 2: refused (499 more like it were held back)",
    ]


def test_the_longer_it_lasts_the_more_seldom_it_is_said(written: Callable[..., str | None]) -> None:
    assert [at for at in range(200) if written(at, AWAY, 1, "refused")] == [0, 10, 30, 70, 110, 150, 190]


def test_what_lasts_is_no_longer_passing(written: Callable[..., str | None]) -> None:
    levels = [line.split()[0] for at in range(0, 80, 10) if (line := written(at, AWAY, 1, "refused"))]
    assert levels == ["INFO", "INFO", "ERROR", "ERROR"]
    assert str(written(200, AWAY, 1, "refused")).startswith("INFO"), "another time is another story"


def test_the_first_start_of_a_broker_is_no_error(written: Callable[..., str | None]) -> None:
    line = written(0, "Group Coordinator Request failed: %s", "[Error 15] GroupCoordinatorNotAvailableError")
    assert str(line).startswith("INFO")


def test_another_reason_is_another_line_and_an_unknown_one_keeps_its_level(
    written: Callable[..., str | None],
) -> None:
    template = "Unexpected error in join group '%s' response: %s"
    assert written(0, template, "scorer", "InconsistentGroupProtocol") == (
        "ERROR Unexpected error in join group 'scorer' response: InconsistentGroupProtocol"
    )
    assert written(0.1, template, "scorer", "GroupAuthorizationFailed") is not None
    assert written(0.2, template, "scorer", "GroupAuthorizationFailed") is None


def test_lines_of_our_own_are_never_held_back(written: Callable[..., str | None]) -> None:
    assert all(written(0, {"event": "endpoint disabled"}, level=logging.WARNING) for _ in range(3))


def test_a_service_writes_json_lines_and_damps_its_libraries() -> None:
    with logged("scorer") as log:
        for _ in range(3):
            logging.getLogger("aiokafka.client").error(AWAY, 1, "refused")
            structlog.get_logger("services.scorer").info("serving", port=8012)
    assert [(line["level"], line["event"]) for line in log.lines()] == [
        ("info", "Unable connect to node with id 1: refused"),
        *[("info", "serving")] * 3,
    ]
    assert all(line["service"] == "scorer" for line in log.lines())
