"""Logs are JSON lines on standard output, one event each; the supervisor makes them readable on a terminal."""

import logging
import sys
from collections.abc import Mapping
from contextvars import ContextVar

import structlog
from structlog.typing import EventDict, Processor

from shared.log_damping import DampingFilter
from shared.log_secrets import hide_secrets
from shared.tracing.context import current, trace_id

LIBRARIES_TO_QUIET = ("aiokafka", "faust", "mode", "uvicorn", "asyncio", "kafka", "httpx2", "alembic", "sqlalchemy")

subject: ContextVar[Mapping[str, str | None]] = ContextVar("subject")
"""Ids of what is being done: whoever writes a line meanwhile, a library too, writes it about that."""


def configure_logs(service: str, level: int = logging.INFO) -> None:
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _about_its_subject,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
                hide_secrets,
            ],
        )
    )
    handler.addFilter(DampingFilter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in LIBRARIES_TO_QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(service=service)


def _about_its_subject(_: object, __: str, line: EventDict) -> EventDict:
    for name, value in subject.get({}).items():
        if value is not None:
            line.setdefault(name, value)
    if traceparent := current.get():
        line.setdefault("trace_id", trace_id(traceparent))
    return line
