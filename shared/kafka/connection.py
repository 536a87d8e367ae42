"""How every client reaches the broker: with TLS and a log-in where the settings say so, and a plain word where it is
not let in. aiokafka itself says that no broker answered, and its log why."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import (
    AuthenticationFailedError,
    IllegalSaslStateError,
    KafkaConnectionError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)

import shared.kafka.client_gaps  # noqa: F401  # before any client is opened
from shared.errors import ChokepointError
from shared.settings import KafkaSettings

ASKED_WITHIN_MS = 5_000


class BrokerRefuses(ChokepointError):
    """To try again changes nothing: a setting has to."""


def connection(settings: KafkaSettings) -> dict[str, Any]:
    """What every aiokafka client is opened with."""
    return {"bootstrap_servers": settings.kafka_bootstrap_servers, **_security(settings)}


@asynccontextmanager
async def explained(settings: KafkaSettings) -> AsyncIterator[None]:
    """Around a client's start.

    :raises BrokerRefuses: a broker answered, and does not let us in.
    """
    try:
        yield
    except KafkaConnectionError:
        await expect_admission(settings)
        raise


async def expect_admission(settings: KafkaSettings) -> None:
    """Returns where a broker lets us in, and where none answers: that may pass, and is for the client to wait out.

    :raises BrokerRefuses: what it refuses, and which setting says otherwise.
    """
    security = _security(settings)
    for host, port, _ in collect_hosts(settings.kafka_bootstrap_servers):
        try:
            answering = await create_conn(host, port, request_timeout_ms=ASKED_WITHIN_MS, **security)
        except (SaslAuthenticationFailed, AuthenticationFailedError):
            raise BrokerRefuses(
                f"Kafka at {host}:{port} does not let {settings.kafka_username} in: CHOKEPOINT_KAFKA_USERNAME, "
                f"CHOKEPOINT_KAFKA_PASSWORD or CHOKEPOINT_KAFKA_SASL_MECHANISM ({settings.kafka_sasl_mechanism}) "
                "is not what the broker knows"
            ) from None
        except (UnsupportedSaslMechanismError, IllegalSaslStateError):
            raise BrokerRefuses(
                f"Kafka at {host}:{port} knows no log-in by {settings.kafka_sasl_mechanism}: set "
                "CHOKEPOINT_KAFKA_SASL_MECHANISM to one that it has, or use its listener for SASL_SSL"
            ) from None
        except ssl.SSLCertVerificationError as error:
            raise BrokerRefuses(
                f"the certificate of Kafka at {host}:{port} is not trusted ({error.verify_message}): name the file of "
                "the authority that signed it in CHOKEPOINT_KAFKA_CA_FILE, and the host by which it is known in "
                "CHOKEPOINT_KAFKA_BOOTSTRAP_SERVERS"
            ) from None
        except (KafkaConnectionError, ssl.SSLError, ConnectionResetError):
            raise BrokerRefuses(_hung_up(settings, host, port)) from None
        except (OSError, TimeoutError):
            continue
        answering.close()
        return


def _hung_up(settings: KafkaSettings, host: str, port: int) -> str:
    return (
        f"Kafka at {host}:{port} takes connections and hangs up on {settings.kafka_security_protocol}: "
        "CHOKEPOINT_KAFKA_SECURITY_PROTOCOL is probably not what this listener speaks"
    )


def trust(settings: KafkaSettings) -> ssl.SSLContext:
    """:raises BrokerRefuses: the file of authorities holds none."""
    try:
        return ssl.create_default_context(cafile=settings.kafka_ca_file)
    except OSError as error:
        raise BrokerRefuses(
            f"CHOKEPOINT_KAFKA_CA_FILE: no certificates in PEM can be read from {settings.kafka_ca_file} "
            f"({error.strerror or type(error).__name__})"
        ) from error


def _security(settings: KafkaSettings) -> dict[str, Any]:
    protocol = settings.kafka_security_protocol
    security: dict[str, Any] = {"security_protocol": protocol}
    if protocol != "PLAINTEXT":
        security["ssl_context"] = trust(settings)
    if protocol == "SASL_SSL":
        security["sasl_mechanism"] = settings.kafka_sasl_mechanism
        security["sasl_plain_username"] = settings.kafka_username
        security["sasl_plain_password"] = settings.kafka_password.get_secret_value()
    return security
