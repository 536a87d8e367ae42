"""Every topic is kept so that a record which was acknowledged outlives the loss of a broker."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.control import app as control
from services.registry.facts import LARGEST_MEASURE
from shared.events.reading import LARGEST_EVENT
from shared.kafka.topics import LARGEST_BATCH, TOPICS, wanted, warn_of_frail

REFUSED = 29
"""Kafka's code for who may not look at the configuration."""


class Admin:
    """A cluster where each topic has this `min.insync.replicas`, and takes batches of so many bytes."""

    def __init__(self, there: int, code: int = 0, taken: int = LARGEST_BATCH) -> None:
        self.there, self.code, self.taken = there, code, taken

    async def describe_configs(self, resources: Sequence[Any]) -> list[SimpleNamespace]:
        said = {"min.insync.replicas": self.there, "max.message.bytes": self.taken}
        entries: list[tuple[object, ...]] = [(name, str(value), False, 1, False, []) for name, value in said.items()]
        return [
            SimpleNamespace(resources=[(self.code, "", 2, each.name, entries * (not self.code)) for each in resources])
        ]


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
    with capture_logs() as lines:
        await warn_of_frail(Admin(1), {"world": 1})
        await warn_of_frail(Admin(1, REFUSED), {"world": 3})
        await warn_of_frail(Admin(1), {})
    assert lines == []


def test_every_topic_takes_the_largest_record_that_what_is_sent_makes() -> None:
    """What is written without need of it (defaults, a material's full name) makes no body twice as long; what the acts
    on a measure say stands up to five times in its record."""
    assert {topic.topic_configs["max.message.bytes"] for topic in wanted(8, replicas=1)} == {str(LARGEST_BATCH)}
    assert max(2 * control.LARGEST_BODY, 2 * LARGEST_EVENT, 5 * LARGEST_MEASURE) < LARGEST_BATCH


async def test_a_topic_that_refuses_our_largest_record_is_told_at_the_start() -> None:
    with capture_logs() as lines:
        await warn_of_frail(Admin(2, taken=1_048_588), {"customers": 1, "world": 3})
    assert [(line["topics"], line["at_least"]) for line in lines] == [(["customers", "world"], LARGEST_BATCH)]
