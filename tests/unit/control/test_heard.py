"""`GET /v1/coverage` tells of each source when it was last heard: of all copies of ingest, or it says of which not."""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.control import copies, heard
from services.control.heard import AT_LEAST_S, USUAL_PAUSES, merged, sources_heard
from shared.contracts.base import to_json
from shared.contracts.sources import Heard, HeardByCopy

RULES = Path(__file__).parents[3] / "deploy/prometheus/rules/world.yml"
NOW = datetime(2025, 11, 10, 12, tzinfo=UTC)
HOUR, DAY = 3_600.0, 86_400.0
Answer = bytes | str


def copy(*items: Heard, hours: float = 1) -> HeardByCopy:
    return HeardByCopy(since=NOW - timedelta(hours=hours), items=items)


def test_what_copies_have_heard_is_told_as_of_one() -> None:
    one = copy(Heard(name="wire", age_s=40 * HOUR, rhythm_s=HOUR), Heard(name="once", age_s=90 * HOUR), hours=100)
    other = copy(Heard(name="wire", age_s=60, rhythm_s=2 * HOUR), hours=3)
    once, wire = merged([one, other], [], NOW).items
    assert (wire.name, wire.age_s, wire.rhythm_s, wire.silent) == ("wire", 60, 2 * HOUR, False)
    assert wire.last_heard == NOW - timedelta(minutes=1)
    assert (once.name, once.rhythm_s, once.silent) == ("once", None, False)


def test_it_is_complete_since_the_newest_copy_began() -> None:
    assert merged([copy(hours=100), copy(hours=3)], [], NOW).since == NOW - timedelta(hours=3)
    assert merged([], ["10.0.0.3: TimeoutError"], NOW).since is None


@pytest.mark.parametrize(
    ("age_s", "rhythm_s", "silent"),
    [
        (DAY - 1, 60.0, False),
        (DAY + 1, 60.0, True),
        (3 * DAY - 1, DAY, False),
        (3 * DAY + 1, DAY, True),
        (300 * DAY, None, False),
    ],
)
def test_silent_is_who_pauses_for_three_times_what_is_usual_and_a_day(
    age_s: float, rhythm_s: float | None, silent: bool
) -> None:
    [source] = merged([copy(Heard(name="wire", age_s=age_s, rhythm_s=rhythm_s))], [], NOW).items
    assert source.silent is silent


def test_the_rule_that_fires_says_the_same() -> None:
    [told] = re.findall(r"clamp_min\((\d+) \* max .*, (\d+)\)", RULES.read_text())
    assert told == (str(USUAL_PAUSES), str(AT_LEAST_S))


def test_who_is_silent_comes_first() -> None:
    items = (Heard(name="once", age_s=9 * DAY), Heard(name="gone", age_s=2 * DAY, rhythm_s=HOUR))
    assert [each.name for each in merged([copy(*items)], [], NOW).items] == ["gone", "once"]


def answering(monkeypatch: pytest.MonkeyPatch, *answers: Answer) -> None:
    async def all_answers(*_: object) -> tuple[list[bytes], list[str]]:
        return [each for each in answers if isinstance(each, bytes)], [
            each for each in answers if isinstance(each, str)
        ]

    monkeypatch.setattr(heard, "all_answers", all_answers)


async def test_copies_that_do_not_answer_are_told_of_beside_what_the_others_have_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = to_json(copy(Heard(name="wire", age_s=60)))
    answering(monkeypatch, there, b"<html>", "10.0.0.3: TimeoutError")
    found = await sources_heard("http://ingest:8000", "Bearer ck_x")
    assert [each.name for each in found.items] == ["wire"]
    assert found.unanswered == ["10.0.0.3: TimeoutError", "a copy's answer cannot be read: it is of another version"]


async def never(*_: object, **__: object) -> list[object]:
    await asyncio.sleep(60)
    return []


async def unknown(*_: object, **__: object) -> list[object]:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.mark.parametrize(("look_up", "reason"), [(never, "TimeoutError"), (unknown, "Name or service not known")])
async def test_a_name_that_leads_nowhere_is_no_error_of_the_request(
    look_up: Callable[..., Awaitable[list[object]]], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", look_up)
    monkeypatch.setattr(copies, "NAMED_WITHIN_S", 0.01)
    found = await sources_heard("http://ingest:8000", "Bearer ck_x")
    assert (found.items, found.unanswered) == ([], [f"no address of ingest: {reason}"])
