"""Many observations at once are counted as one after the other."""

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest

from shared.metrics import FAST, Spread


def test_a_batch_is_counted_as_its_values_one_after_the_other() -> None:
    values = [0.0, 0.001, 0.0011, 0.3, 0.3, 10, 99.0, -1.0]
    shown = []
    for at_once in (True, False):
        registry = CollectorRegistry()
        histogram = Spread("seconds", "of something", buckets=FAST, registry=registry)
        if at_once:
            histogram.observe_all(values)
            histogram.observe_all([])
        else:
            for value in values:
                histogram.observe(value)
        shown.append(generate_latest(registry))
    assert shown[0] == shown[1]
