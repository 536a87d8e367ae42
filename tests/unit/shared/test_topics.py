"""Every topic is kept so that a record which was acknowledged outlives the loss of a broker."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from shared.kafka.topics import TOPICS, wanted, warn_of_frail

REFUSED = 29
"""Kafka's code for who may not look at the configuration."""


class Admin:
    """A cluster where each topic has this `min.insync.replicas`."""

    def __init__(self, there: int, code: int = 0) -> None:
        self.there, self.code, self.asked = there, code, 0

    async def describe_configs(self, resources: Sequence[Any]) -> list[SimpleNamespace]:
        self.asked += 1
        entries: list[tuple[object, ...]] = (
            [] if self.code else [("min.insync.replicas", str(self.there), False, 1, False, [])]
        )
        return [SimpleNamespace(resources=[(self.code, "", 2, each.name, entries) for each in resources])]


@pytest.mark.parametrize(("brokers", "least"), [(1, "1"), (2, "1"), (3, "2")])
def test_all_replicas_but_one_have_a_record_before_it_is_acknowledged(brokers: int, least: str) -> None:
    made = list(wanted(8, replicas=brokers))
    assert len(made) > len(TOPICS)
    assert {topic.topic_configs["min.insync.replicas"] for topic in made} == {least}
    assert {topic.replication_factor for topic in made} == {brokers}


@pytest.mark.parametrize(
    ("there", "told"),
    [(1, [{"log_level": "warning", "topics": ["world"]}]), (2, [])],
    ids=["by default", "as made here"],
)
async def test_a_topic_that_one_broker_may_lose_is_told_at_the_start(there: int, told: list[dict[str, object]]) -> None:
    with capture_logs() as lines:
        await warn_of_frail(Admin(there), {"world": 3})
    assert [{key: value for key, value in line.items() if key != "event"} for line in lines] == told


async def test_where_nothing_can_be_said_nothing_is() -> None:
    alone, closed = Admin(1), Admin(1, REFUSED)
    with capture_logs() as lines:
        await warn_of_frail(alone, {"world": 1})
        await warn_of_frail(closed, {"world": 3})
    assert lines == []
    assert (alone.asked, closed.asked) == (0, 1)
