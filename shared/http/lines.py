"""Lines of a stream, as they arrive, in batches that are worth writing at once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

LINES_A_BATCH = 500
LONGEST_LINE = 2 * 1024 * 1024
"""Bytes; the longest event that is taken is shorter, in any spelling but the most wasteful."""

Line = tuple[int, bytes | None]
"""Its number in the stream, from 1, and its text; none: longer than is read."""


@dataclass(slots=True)
class _Cut:
    """Cuts chunks into lines; of a line without an end it holds no more than the longest."""

    number: int = 0
    _rest: list[bytes] = field(default_factory=list)
    _length: int = 0

    def lines(self, chunk: bytes) -> list[Line]:
        *ended, rest = chunk.split(b"\n")
        found = [self._end(part) for part in ended]
        self._hold(rest)
        return [line for line in found if line[1] is None or line[1].strip()]

    def last(self) -> list[Line]:
        return self.lines(b"\n")

    def _hold(self, part: bytes) -> None:
        self._length += len(part)
        if self._length > LONGEST_LINE:
            self._rest.clear()
        elif part:
            self._rest.append(part)

    def _end(self, part: bytes) -> Line:
        self._hold(part)
        text = None if self._length > LONGEST_LINE else b"".join(self._rest)
        self.number += 1
        self._rest.clear()
        self._length = 0
        return self.number, text


async def batches_of_lines(chunks: AsyncIterator[bytes], at_once: int = LINES_A_BATCH) -> AsyncIterator[list[Line]]:
    """Lines without text are counted and left out. If the stream ends with an error, what came before it is given
    first, but for a line that it cuts."""
    cut = _Cut()
    waiting: list[Line] = []
    try:
        async for chunk in chunks:
            waiting += cut.lines(chunk)
            while len(waiting) >= at_once:
                yield waiting[:at_once]
                del waiting[:at_once]
    except Exception:
        if waiting:
            yield waiting
        raise
    if waiting := [*waiting, *cut.last()]:
        yield waiting
