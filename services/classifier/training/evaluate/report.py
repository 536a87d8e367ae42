"""`make eval`: writes docs/judgement/README.md and its pictures."""

import sys
from pathlib import Path
from typing import Final

from services.classifier.training import texts
from services.classifier.training.encoder.finish import reader_of
from services.classifier.training.encoder.split import parts
from services.classifier.training.evaluate import pictures, references
from services.classifier.training.evaluate.ablation import ablated
from services.classifier.training.evaluate.curve import Fit, curves
from services.classifier.training.evaluate.measures import gates, judged
from services.classifier.training.evaluate.page import page
from services.classifier.training.train import fitted
from shared.domain.judgement.encoder import base as bases
from shared.domain.judgement.encoder import model
from shared.domain.judgement.encoder.base import Base

FOLDER: Final = Path("docs/judgement")


def main() -> None:
    divided = parts(texts.load())
    learn, choose_on = ([texts.prepare(item) for item in divided[part]] for part in ("learn", "choose"))
    light, encoder, frozen = fitted(learn), model.load(), references.Frozen(Base(bases.find()))
    readers = {
        "keywords": references.keywords(),
        "light model": references.light_reader(light, choose_on),
        "frozen encoder": frozen.reader(learn, choose_on),
        "ours": reader_of(encoder, light),
    }
    told = {}
    for name, reader in readers.items():
        told[name] = judged(divided["report"], reader)
        _say(f"{name}: {gates(told[name])}")
    without = ablated(encoder, light, choose_on, divided["report"])
    _say("each stage left out")
    fits: dict[str, Fit] = {
        "light model": lambda some: references.light_reader(fitted(some), choose_on),
        "frozen encoder": lambda some: frozen.reader(some, choose_on),
    }
    learned = curves(fits, learn, divided["report"])
    _say("learning curves")
    FOLDER.mkdir(parents=True, exist_ok=True)
    pictures.confusion(told["ours"], FOLDER / "confusion.png")
    pictures.reliability(told["ours"], FOLDER / "reliability.png")
    pictures.learning(learned, FOLDER / "learning.png")
    (FOLDER / "README.md").write_text(page(divided, told, without, learned), "utf-8")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
