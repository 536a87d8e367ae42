"""Names as small numbers, in the order of their first use; kept with the state, so that columns stay readable."""

import hashlib
from collections.abc import Iterable

from shared.catalog.entities import normalise


class Codes:
    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names: list[str] = list(names)
        self._codes = {name: code for code, name in enumerate(self.names)}

    def __len__(self) -> int:
        return len(self.names)

    def code(self, name: str) -> int:
        found = self._codes.get(name)
        if found is None:
            found = self._codes[name] = len(self.names)
            self.names.append(name)
        return found

    def find(self, name: str) -> int | None:
        return self._codes.get(name)


def entity_code(name: str) -> int:
    """64 bits that stand for a company's name, however it is spelled; 0 for a name without letters."""
    key = normalise(name)
    return code_of(key) if key else 0


def code_of(text: str) -> int:
    """64 bits that stand for a text."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
