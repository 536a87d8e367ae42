"""From what was learned to what is shipped: half precision; what the light model weighs beside it, and limits, chosen
by the service's own reader on texts that neither of the two had learned from."""

import json
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np

from services.classifier.training import texts
from services.classifier.training.encoder.split import Part, part_of
from services.classifier.training.evaluate.measures import gates, judged
from services.classifier.training.texts import Prepared
from services.classifier.training.thresholds import Read, choose
from services.classifier.training.train import fitted
from shared.domain.judgement.encoder import base as bases
from shared.domain.judgement.encoder import model
from shared.domain.judgement.encoder.base import Floats
from shared.domain.judgement.encoder.chunks import Ids
from shared.domain.judgement.encoder.model import Beside, Encoder
from shared.domain.judgement.encoder.network import Network
from shared.domain.judgement.encoder.reader import read
from shared.domain.judgement.light_model import LightModel
from shared.domain.judgement.limits import Limits
from shared.domain.judgement.reader import Reader

VERSION: Final = "1.0.0"
AS_IT_STANDS: Final = Limits(relevant_from=0.5, also_from=0.5)
TRIED: Final = tuple(Beside(both, both, modality) for both in (0.0, 0.5, 1.0, 1.5) for modality in (0.0, 0.5, 1.0))


def finish(checkpoint: Path, recipe: dict[str, Any], file: Path = model.FILE) -> None:
    with np.load(checkpoint) as kept:
        learned = {
            name.removeprefix("trained."): kept[name].astype(np.float16)
            for name in kept.files
            if name.startswith("trained.")
        }
    np.savez_compressed(file, allow_pickle=False, **learned)
    manifest = {
        "version": VERSION,
        "base": sha256(bases.find().read_bytes()).hexdigest(),
        "corpus": texts.digest(),
        "recipe": recipe,
    }
    write(file, manifest, Beside(), AS_IT_STANDS)
    write(file, manifest, *_chosen(model.load(file), fitted(prepared("learn")), prepared("choose")))


def _chosen(encoder: Encoder, light: LightModel, told: Sequence[Prepared]) -> tuple[Beside, Limits]:
    encoder = replace(encoder, network=Remembered(encoder.network))
    tried = [(beside, limits_of(replace(encoder, beside=beside), light, told)) for beside in TRIED]

    def worth(pair: tuple[Beside, Limits]) -> float:
        reader = reader_of(replace(encoder, beside=pair[0], limits=pair[1]), light)
        found = gates(judged([each.item for each in told], reader))
        return found.relevance + found.main_type + found.every_type + found.modality

    return max(tried, key=worth)


class Remembered(Network):
    """What a chunk is turned into does not depend on what is made of it."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._known: dict[bytes, Floats] = {}

    def states(self, ids: Ids) -> Floats:
        key = ids.tobytes()
        if key not in self._known:
            self._known[key] = self._network.states(ids)
        return self._known[key]


def limits_of(encoder: Encoder, light: LightModel, told: Sequence[Prepared]) -> Limits:
    return choose(readings(told, reader_of(replace(encoder, limits=AS_IT_STANDS), light)))


def reader_of(encoder: Encoder, light: LightModel) -> Reader:
    return Reader(encoder.name, encoder.limits, partial(read, encoder=encoder, light=light))


def readings(told: Sequence[Prepared], reader: Reader) -> Read:
    return [(each.item, list(reader.read(each.document))) for each in told]


def prepared(part: Part) -> list[Prepared]:
    return [texts.prepare(item) for item in texts.load() if part_of(item) == part]


def write(file: Path, manifest: dict[str, Any], beside: Beside, limits: Limits) -> None:
    chosen = {each.name: np.asarray(getattr(limits, each.name), float).round(4).tolist() for each in fields(Limits)}
    told = json.dumps({**manifest, "beside": asdict(beside), "limits": chosen}, indent=2)
    file.with_suffix(".json").write_text(f"{told}\n", "utf-8")
