"""What control asks for on `commands`."""

from uuid import UUID, uuid5

from pydantic import TypeAdapter, ValidationError

from services.dispatcher.letters import Letter
from shared.contracts.alerts import Body
from shared.contracts.base import to_json
from shared.contracts.deliveries import Command, ReplayMessages, RetryDelivery, SendTest
from shared.kafka.record import DeadLetter, Incoming, Stamp

TESTS = UUID("0e8cbb7c-3d0b-5d0f-8a5e-6b1f4f4f8f57")
"""The namespace of test messages' ids: a command read twice is one message."""

_COMMANDS: TypeAdapter[RetryDelivery | ReplayMessages | SendTest] = TypeAdapter(Command)


def read_command(record: Incoming) -> RetryDelivery | ReplayMessages | SendTest:
    """:raises DeadLetter: it is none that this dispatcher knows."""
    try:
        return _COMMANDS.validate_json(record.value or b"")
    except ValidationError as error:
        raise DeadLetter.of(error, "command") from None


def test_letter(command: SendTest, record: Incoming) -> Letter:
    """:raises DeadLetter: the record carries no stamp."""
    stamp = Stamp.read(record.headers)
    body = Body(
        type="endpoint.test",
        timestamp=command.at,
        data={
            "endpoint_id": command.endpoint_id,
            "customer_id": command.customer_id,
            "title": "Test message",
            "summary": "Someone asked Chokepoint to send this test. If it is here and verifies, alerts will too.",
        },
    )
    return Letter(
        message_id=str(uuid5(TESTS, command.id)),
        partition=record.partition,
        number=None,
        customer_id=command.customer_id,
        type="endpoint.test",
        severity=None,
        materials=(),
        sequence=None,
        accepted_at=stamp.accepted_at,
        received_at=stamp.received_at,
        traceparent=stamp.traceparent,
        body=to_json(body),
    )
