"""The same text, however it is set: letters and digits only, in one case and width."""

import re
import unicodedata
from hashlib import blake2b

_REST = re.compile(r"[\W_]+")


def exact(title: str, body: str) -> str:
    """128 bits of the normalised text: equal for copies that differ in case, width, spaces or punctuation only."""
    normalised = _REST.sub("", unicodedata.normalize("NFKC", f"{title}\n{body}").casefold())
    return blake2b(normalised.encode(), digest_size=16).hexdigest()
