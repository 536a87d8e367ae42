import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.fernet import Fernet

from services.cli.box.free_ports import free_ports
from shared.kafka.topics import ensure_topics
from shared.settings import KafkaSettings
from tests.fixtures.box import Database, broker
from tests.integration.control.process import PARTITIONS, Running, control_process


@pytest.fixture(scope="package")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One broker for these modules: they share one running control."""
    with broker(tmp_path_factory.mktemp("broker")) as (bootstrap, _):
        yield bootstrap


@pytest.fixture(scope="package")
def topics_made(kafka: str) -> str:
    with ThreadPoolExecutor(1) as beside:  # a test's own loop may be running here
        beside.submit(
            lambda: asyncio.run(ensure_topics(KafkaSettings(kafka_bootstrap_servers=kafka, partitions=PARTITIONS)))
        ).result()
    return kafka


@pytest.fixture(scope="package")
def control(topics_made: str, postgres: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One for all tests that leave it running."""
    (port,) = free_ports(1)
    place = tmp_path_factory.mktemp("control")
    with control_process(topics_made, postgres(), port, place, Fernet.generate_key().decode()) as running:
        yield running
