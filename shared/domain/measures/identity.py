"""Which measure an act is about: its issuer and its ref. The id says both, and can stand in a URL."""

import hashlib
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from shared.catalog import countries

_PLAIN = re.compile(r"[A-Za-z0-9.-]+(/[A-Za-z0-9.-]+)*")
_LONGEST_PLAIN = 100
_NOT_IN_URLS = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Identity:
    issuer: str
    ref: str

    @property
    def id(self) -> str:
        """`CN-2024-46/2` is `CN-2024-46_2`; a ref that does not begin with its issuer gets it in front (`US_BIS-7`);
        one of other characters is told apart by a digest. Two measures never share an id."""
        prefix = "" if self.ref.startswith(f"{self.issuer}-") else f"{self.issuer}_"
        if _PLAIN.fullmatch(self.ref) and len(self.ref) <= _LONGEST_PLAIN:
            return prefix + self.ref.replace("/", "_")
        digest = hashlib.sha256(self.ref.encode()).hexdigest()[:16]
        return f"{prefix}{_NOT_IN_URLS.sub('-', self.ref)[:80]}__{digest}"

    @property
    def zone(self) -> ZoneInfo:
        return countries.zone(self.issuer)


def country_of(authority: str) -> str | None:
    """`CN-MOFCOM` lists for China; none where the authority names no country."""
    code, _, _ = authority.partition("-")
    return code if countries.is_country(code) else None
