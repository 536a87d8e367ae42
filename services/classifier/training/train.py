"""`python -m services.classifier.training.train`: fits the light model, writes it and says how good it is.

Every file of the corpus has one author. What is told of a file comes from a model that was fitted without that file,
and from thresholds that were chosen on the others; what is written is fitted on all of them."""

import io
import sys
from collections.abc import Sequence
from typing import Final

import numpy as np

from services.classifier.training import texts
from services.classifier.training.heads import arrays, fit_all
from services.classifier.training.report import Line, judged
from services.classifier.training.texts import Item, Prepared
from services.classifier.training.thresholds import Read, choose
from shared.domain.judgement import features, light_model
from shared.domain.judgement.light_model import LightModel
from shared.domain.judgement.limits import Limits
from shared.domain.judgement.reader import Reading, read

VERSION: Final = "1.0.3"


def main() -> None:
    prepared = [texts.prepare(item) for item in texts.load()]
    files = sorted({each.item.file for each in prepared})
    unseen: dict[str, Read] = {}
    for file in files:
        model = fitted([each for each in prepared if each.item.file != file])
        unseen[file] = [(each.item, list(read(each.document, model))) for each in prepared if each.item.file == file]
        _say(f"{file}: fitted without it")
    lines = [judged(file, unseen[file], choose(_joined(unseen, but=file))) for file in files]
    thresholds = choose(_joined(unseen))
    light_model.FILE.write_bytes(_file(prepared, thresholds))
    _say(Line.table(lines))
    _say(f"thresholds {thresholds.relevant_from}, {thresholds.also_from}; corpus {texts.digest()}")


def _joined(unseen: dict[str, Read], but: str | None = None) -> list[tuple[Item, Sequence[Reading]]]:
    return [pair for file, pairs in unseen.items() if file != but for pair in pairs]


def fitted(prepared: Sequence[Prepared]) -> LightModel:
    """As it will be read from its file, rounded weights and all."""
    return light_model.load(io.BytesIO(_file(prepared, Limits(0.5, 0.5))))


def _file(prepared: Sequence[Prepared], limits: Limits) -> bytes:
    kept = io.BytesIO()
    np.savez_compressed(
        kept,
        allow_pickle=False,
        **arrays(fit_all(prepared)),
        features=np.array(features.VERSION),
        version=np.array(VERSION),
        corpus=np.array(texts.digest()),
        relevance=limits.relevance,
        relevant_from=np.array(limits.relevant_from),
        also_from=np.array(limits.also_from),
        calibration=limits.calibration,
        confident_from=np.array(limits.confident_from),
    )
    return kept.getvalue()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
