"""Who reads the news here: the encoder where it can be had, else the light model, which says so."""

from dataclasses import dataclass

import structlog

from services.classifier.settings import ClassifierSettings
from shared.domain.judgement.judge import ready_to_judge
from shared.domain.judgement.reader import Reader, light_reader
from shared.errors import ChokepointError
from shared.metrics import ENCODER

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Chosen:
    reader: Reader
    worse: str | None
    """Why it is the light model; none: it is the encoder, or the light model by the operator's wish."""


def choose(settings: ClassifierSettings) -> Chosen:
    """Takes about two seconds with the encoder: what judging needs is loaded before the first text comes."""
    chosen = _chosen(settings)
    name = ready_to_judge(chosen.reader)
    ENCODER.set(float(chosen.reader is not light_reader()))
    if chosen.worse:
        log.warning("texts are judged without the encoder, less accurately", classifier=name, reason=chosen.worse)
    return chosen


def _chosen(settings: ClassifierSettings) -> Chosen:
    if not settings.encoder:
        return Chosen(light_reader(), None)
    try:
        # its runtime is not to be had on every machine
        from shared.domain.judgement.encoder import model  # noqa: PLC0415
        from shared.domain.judgement.encoder.reader import encoder_reader  # noqa: PLC0415

        return Chosen(encoder_reader(model.load()), None)
    except ImportError as error:
        return Chosen(light_reader(), f"{error.name} is not installed")
    except ChokepointError as error:
        return Chosen(light_reader(), str(error))
