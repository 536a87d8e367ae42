"""What is done, as spans: nothing happens here, and nothing is imported, until a recorder is put in place."""

from collections.abc import Mapping
from typing import Literal, Protocol

from shared.tracing.context import begun

Kind = Literal["server", "consumer", "client", "internal"]
Attributes = Mapping[str, str | int | float | bool]
"""Ids, counts and states; never a body, a header or a secret."""
NONE: Attributes = {}


class Span(Protocol):
    @property
    def traceparent(self) -> str:
        """What is handed on: who continues there is a child of this span."""

    def end(self, attributes: Attributes = NONE, *, name: str | None = None, failure: str | None = None) -> None:
        """`name`: where a better one is known only now. `failure`: why it did not do what it was to do."""


class Recorder(Protocol):
    def begin(self, name: str, parent: str | None, kind: Kind, attributes: Attributes) -> Span: ...

    def close(self, within_s: float) -> None:
        """Exports what waits, as far as there is time."""


class _Unrecorded:
    __slots__ = ("traceparent",)

    def __init__(self, traceparent: str) -> None:
        self.traceparent = traceparent

    def end(self, attributes: Attributes = NONE, *, name: str | None = None, failure: str | None = None) -> None: ...


_recorder: Recorder | None = None


def record_with(recorder: Recorder | None) -> None:
    global _recorder  # noqa: PLW0603  # one a process, as its log is
    _recorder = recorder


def recording() -> bool:
    return _recorder is not None


def begin(name: str, parent: str | None, kind: Kind = "internal", attributes: Attributes = NONE) -> Span:
    """Without a parent a trace begins here."""
    if _recorder is None:
        return _Unrecorded(parent or begun())
    return _recorder.begin(name, parent, kind, attributes)
