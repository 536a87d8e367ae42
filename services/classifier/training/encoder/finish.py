"""From what was learned to what is shipped: half precision, and limits chosen by the service's own reader on texts that
were not learned from."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np

from services.classifier.training import texts
from services.classifier.training.encoder.split import part_of
from services.classifier.training.texts import Prepared
from services.classifier.training.thresholds import Read, choose
from shared.domain.judgement.encoder import base as bases
from shared.domain.judgement.encoder import model
from shared.domain.judgement.encoder.reader import encoder_reader
from shared.domain.judgement.limits import Limits
from shared.domain.judgement.reader import Reader

VERSION: Final = "1.0.0"
AS_IT_STANDS: Final = Limits(relevant_from=0.5, also_from=0.5)


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
        "learned": sha256(file.read_bytes()).hexdigest(),
    }
    _write(file, manifest, AS_IT_STANDS)
    _write(file, manifest, choose(readings(_prepared("choose"), encoder_reader(model.load(file)))))


def readings(prepared: list[Prepared], reader: Reader) -> Read:
    return [(each.item, list(reader.read(each.document))) for each in prepared]


def _prepared(part: str) -> list[Prepared]:
    return [texts.prepare(item) for item in texts.load() if part_of(item) == part]


def _write(file: Path, manifest: dict[str, Any], limits: Limits) -> None:
    chosen = {name: np.asarray(getattr(limits, name), float).round(4).tolist() for name in Limits.__dataclass_fields__}
    told = json.dumps({**manifest, "limits": chosen}, indent=2)
    file.with_suffix(".json").write_text(f"{told}\n", "utf-8")
