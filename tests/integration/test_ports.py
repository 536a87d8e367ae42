"""A taken port is named before anything starts."""

import os
import socket
from collections.abc import Iterator

import pytest

from services.cli.supervisor.ports import Port, PortTaken, ensure_free, is_free
from services.cli.supervisor.services import CONTROLLER_PORT, KAFKA_PORT, POSTGRES_PORT, SERVICES


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield held.getsockname()[1]


def test_a_taken_port_is_named_with_its_holder_and_what_moves_it(taken: int) -> None:
    with pytest.raises(PortTaken) as refused:
        ensure_free([Port(taken, "ingest")], offset=0, largest_offset=65_535 - taken)
    message = str(refused.value)
    assert f"port {taken} (ingest) is taken by process {os.getpid()}" in message
    assert "PORT_OFFSET=" in message


def test_somebody_who_listens_on_every_address_counts() -> None:
    with socket.socket() as held:
        held.bind(("0.0.0.0", 0))  # noqa: S104  # that is the point
        held.listen()
        assert not is_free(held.getsockname()[1])


def test_no_two_processes_share_a_port() -> None:
    ports = [*(service.port for service in SERVICES), KAFKA_PORT, CONTROLLER_PORT, POSTGRES_PORT]
    assert len(set(ports)) == len(ports)
