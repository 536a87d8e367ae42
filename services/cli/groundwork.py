"""What must stand before the services start, in a process of its own so that the supervisor stays small: the system's
clock, which it prints, and the topics."""

import asyncio
import sys

from aiokafka.errors import KafkaError

from shared.clock import Clock
from shared.contracts.base import rfc3339
from shared.errors import ChokepointError
from shared.kafka.topics import ensure_topics
from shared.settings import ClockSettings, KafkaSettings


def main() -> int:
    kafka = KafkaSettings()
    try:
        now = Clock.open(ClockSettings()).now()
        asyncio.run(ensure_topics(kafka))
    except KafkaError as error:
        sys.stderr.write(f"Kafka at {kafka.kafka_bootstrap_servers}: {type(error).__name__}: {error}\n")
        return 1
    except ChokepointError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(rfc3339(now))
    return 0


if __name__ == "__main__":
    sys.exit(main())
