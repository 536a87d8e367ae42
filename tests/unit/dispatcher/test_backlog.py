"""The backlog is counted once, when a partition comes, and kept from then on."""

from prometheus_client import REGISTRY

from services.dispatcher.backlog import Backlog


def shown() -> float:
    return REGISTRY.get_sample_value("chokepoint_delivery_backlog") or 0.0


def test_what_came_and_went_while_it_was_counted_is_in_the_count() -> None:
    backlog = Backlog()
    backlog.begin(0)
    backlog.add({0: 50})
    backlog.start_counting()
    backlog.add({0: 3})
    backlog.add({0: -1})
    backlog.counted({0: 100})
    assert shown() == 102
    assert not backlog.to_count()


def test_a_partition_that_leaves_takes_its_count_with_it() -> None:
    backlog = Backlog()
    for partition in (0, 1):
        backlog.begin(partition)
        backlog.counted({partition: 10})
    backlog.end(1)
    assert shown() == 10
    backlog.add({1: 5})
    assert shown() == 10
