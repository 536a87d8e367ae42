"""What a copy remembers of the events that it took: by id, 64 bits of what the event said."""

import mmap

SLOT = 16
"""Bytes: the id's 64 bits, the content's."""


class RecentIds:
    """The newest `capacity` ids at least, twice as many at most, in 64 bytes each: outside the garbage collector's
    sight, and no memory before it is used.

    Two hash tables with open addressing: the newer is filled, then becomes the older, and the older is forgotten."""

    def __init__(self, capacity: int = 1_000_000) -> None:
        self._capacity = capacity
        self._slots = 1 << (2 * capacity - 1).bit_length()
        self._new = self._empty()
        self._old: memoryview | None = None
        self._count = 0

    def content(self, identity: int) -> int | None:
        """What was last said under this id; none: not had, or long ago."""
        place = self._place(self._new, identity)
        if self._new[place]:
            return self._new[place + 1]
        if self._old is not None and self._old[place := self._place(self._old, identity)]:
            return self._old[place + 1]
        return None

    def remember(self, identity: int, content: int) -> None:
        place = self._place(self._new, identity)
        if not self._new[place]:
            if self._count == self._capacity:
                self._old, self._new, self._count = self._new, self._empty(), 0
                place = self._place(self._new, identity)
            self._count += 1
            self._new[place] = identity
        self._new[place + 1] = content

    def _empty(self) -> memoryview:
        return memoryview(mmap.mmap(-1, self._slots * SLOT)).cast("Q")

    def _place(self, table: memoryview, identity: int) -> int:
        """Where the id stands, or would stand. Half of all slots are free: there is always one, and it is near."""
        last = 2 * self._slots - 1
        place = 2 * identity & last
        while (found := table[place]) and found != identity:
            place = place + 2 & last
        return place
