"""A cluster and a database of one's own: does anybody answer, and is it new enough?"""

import asyncio
import logging
from collections.abc import Iterator
from urllib.parse import urlsplit

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from services.cli.doctor.finding import Finding, broken, odd, well
from services.cli.doctor.patient import Patient
from shared.kafka.connection import BrokerRefuses, connection, explained
from shared.settings import KafkaSettings

WITHIN_S = 5.0
TESTED = 18
"""The major version of PostgreSQL that comes in the box."""


def outside(patient: Patient) -> Iterator[Finding]:
    if servers := patient.settings.kafka_bootstrap_servers:
        yield asyncio.run(cluster(servers))
    if url := patient.settings.database_url:
        yield asyncio.run(database(url))


async def cluster(servers: str) -> Finding:
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())  # the finding says it
    settings = KafkaSettings(kafka_bootstrap_servers=servers)
    admin = AIOKafkaAdminClient(**connection(settings), client_id="chokepoint-doctor")
    try:
        async with asyncio.timeout(WITHIN_S):
            async with explained(settings):
                await admin.start()
            brokers = len((await admin.describe_cluster())["brokers"])
    except BrokerRefuses as error:
        return broken("Kafka", f"{servers} does not let us in", str(error))
    except (KafkaError, OSError, TimeoutError, ValueError) as error:
        advice = "start it, or mend KAFKA_BOOTSTRAP_SERVERS=host:port,…; without it Kafka comes in the box"
        return broken("Kafka", f"{servers} does not answer: {error or type(error).__name__}", advice)
    finally:
        await admin.close()
    return well("Kafka", f"{servers} answers, {brokers} {'broker' if brokers == 1 else 'brokers'}")


async def database(url: str) -> Finding:
    where = _without_password(url)
    try:
        async with asyncio.timeout(WITHIN_S):
            connection = await asyncpg.connect(plain(url))
            try:
                return version(where, str(await connection.fetchval("SHOW server_version")))
            finally:
                await connection.close()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError, ValueError) as error:
        advice = "start it, or mend DATABASE_URL=postgresql+asyncpg://user:password@host:port/database"
        return broken("PostgreSQL", f"{where} does not let us in: {error or type(error).__name__}", advice)


def version(where: str, spoken: str) -> Finding:
    found = f"{where}, PostgreSQL {spoken}"
    if int(spoken.partition(".")[0]) < TESTED:
        return odd("PostgreSQL", found, f"tested with {TESTED}: what an older one lacks shows at the first start")
    return well("PostgreSQL", found)


def plain(url: str) -> str:
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 5432}{parts.path}"
