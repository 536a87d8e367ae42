from services.control.outbox import waves
from shared.kafka.record import Outgoing


def record(topic: str, value: str) -> Outgoing:
    return Outgoing(topic, b"key", value.encode())


def told(*records: Outgoing) -> list[list[str]]:
    return [[f"{one.topic} {(one.value or b'').decode()}" for one in wave] for wave in waves(records)]


def test_customers_is_told_only_once_the_ledger_has_it() -> None:
    assert told(record("ledger", "v1"), record("customers", "v1")) == [["ledger v1"], ["customers v1"]]


def test_changes_of_one_customer_keep_their_order_on_every_topic() -> None:
    change = [record(topic, f"v{version}") for version in (1, 2, 3) for topic in ("ledger", "customers")]
    assert told(*change) == [["ledger v1", "ledger v2", "ledger v3"], ["customers v1", "customers v2", "customers v3"]]


def test_a_command_comes_after_the_endpoint_that_it_is_about() -> None:
    assert told(record("commands", "test"), record("endpoints", "v1"), record("ledger", "v1")) == [
        ["ledger v1"],
        ["endpoints v1"],
        ["commands test"],
    ]


def test_nothing_waits_for_nothing() -> None:
    assert told() == []
    assert told(record("keys", "k")) == [["keys k"]]
