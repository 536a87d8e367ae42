"""What a child writes becomes one shape, whatever it is: our services' JSON, Kafka's and PostgreSQL's own lines."""

import json
import re
from dataclasses import dataclass, field

FOREIGN_LEVEL = re.compile(r"^\[?(TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|PANIC|LOG|DETAIL|HINT)\]?:?\s+(.*)$")
LEVELS = {
    "trace": "debug",
    "log": "debug",  # PostgreSQL's word for what an administrator may want to know
    "notice": "info",
    "detail": "info",
    "hint": "info",
    "warn": "warning",
    "fatal": "error",
    "panic": "critical",
}
ORDINARY = ("the database system is ", "terminating connection due to administrator command")
"""PostgreSQL calls FATAL what ends one connection: ours, which asks whether it is ready yet, or at its end."""
ORDER = ("debug", "info", "warning", "error", "critical")


@dataclass(frozen=True, slots=True)
class LogLine:
    service: str
    level: str
    event: str
    timestamp: str | None = None
    fields: dict[str, object] = field(default_factory=dict)

    def at_least(self, level: str) -> bool:
        return ORDER.index(self.level) >= ORDER.index(level)


def parse(service: str, raw: bytes) -> LogLine:
    text = raw.decode(errors="replace").rstrip()
    if text.startswith("{"):
        try:
            return _of_ours(service, json.loads(text))
        except (ValueError, AttributeError):
            pass
    if found := FOREIGN_LEVEL.match(text):
        return LogLine(service, "debug" if found[2].startswith(ORDINARY) else _level(found[1]), found[2])
    return LogLine(service, "info", text)


def _of_ours(service: str, record: dict[str, object]) -> LogLine:
    fields = dict(record)
    event, level, timestamp = (fields.pop(name, None) for name in ("event", "level", "timestamp"))
    fields.pop("service", None)
    return LogLine(
        service, _level(str(level or "info")), str(event or ""), str(timestamp) if timestamp else None, fields
    )


def _level(word: str) -> str:
    lowered = word.lower()
    known = LEVELS.get(lowered, lowered)
    return known if known in ORDER else "info"
