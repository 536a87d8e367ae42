"""The encoder as a service holds it: base, adapters and heads, checked to belong together."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np

from shared.domain.judgement.document import Document
from shared.domain.judgement.encoder import base as bases
from shared.domain.judgement.encoder.base import Base, NoBase
from shared.domain.judgement.encoder.chunks import Chunk, chunks
from shared.domain.judgement.encoder.heads import Heads, Told
from shared.domain.judgement.encoder.network import Network
from shared.domain.judgement.encoder.tokens import Tokens
from shared.domain.judgement.limits import Limits
from shared.errors import ChokepointError

FILE: Final = Path(__file__).parent / "encoder.npz"
MANIFEST: Final = FILE.with_suffix(".json")
OF_ADAPTERS: Final = "adapter."
OF_HEADS: Final = "head."


@dataclass(frozen=True)
class Beside:
    """What the light model's log-odds weigh beside the encoder's."""

    relevance: float = 0
    types: float = 0
    modality: float = 0


@dataclass(frozen=True)
class Encoder:
    name: str
    limits: Limits
    beside: Beside
    tokens: Tokens
    network: Network
    heads: Heads

    def chunks(self, document: Document, worth_reading: Callable[[int], bool]) -> list[Chunk]:
        return chunks(document.sentences, self.tokens.of, self.tokens.signs, worth_reading)

    def told(self, chunk: Chunk) -> Told:
        return self.heads.told(chunk, self.network.states(chunk.ids))


def load(file: Path = FILE, base: Path | None = None) -> Encoder:
    """Takes about two seconds.

    :raises NoBase: the base is not installed, or is another one than the adapters were learned on.
    :raises ChokepointError: the adapters are damaged."""
    manifest = _manifest(file.with_suffix(".json"))
    found = base or bases.find()
    if sha256(found.read_bytes()).hexdigest() != manifest["base"]:
        raise NoBase(f"{found} is not the model that the adapters were learned on: install {bases.PACKAGE} again")
    try:
        with np.load(file, allow_pickle=False) as kept:
            arrays = {name: kept[name] for name in kept.files}
    except (OSError, ValueError) as error:
        raise ChokepointError(f"{file} cannot be read ({error}): bring it back, or run `make train`") from error
    own = Base(found)
    return Encoder(
        name=f"encoder@{manifest['version']}",
        limits=Limits.of(manifest["limits"]),
        beside=Beside(**manifest["beside"]),
        tokens=Tokens(own),
        network=Network(own, _part(arrays, OF_ADAPTERS)),
        heads=Heads.of(_part(arrays, OF_HEADS)),
    )


def _part(arrays: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _manifest(path: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ChokepointError(f"{path} cannot be read ({error}): bring it back, or run `make train`") from error
    return manifest
