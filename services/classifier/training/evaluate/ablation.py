"""What each stage of the reading is worth: the six gates without it, everything else as it is.

Where a stage changes what probabilities mean, limits are chosen anew, on the texts that they are chosen on."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from unittest.mock import patch

from services.classifier.training.encoder.finish import Remembered, limits_of, reader_of
from services.classifier.training.evaluate.measures import Judged, judged
from services.classifier.training.texts import Item, Prepared
from shared.catalog import matcher
from shared.contracts.events import News
from shared.domain.judgement import gate, propositions
from shared.domain.judgement.document import Document
from shared.domain.judgement.encoder import reader
from shared.domain.judgement.encoder.glance import Glance
from shared.domain.judgement.encoder.model import Beside, Encoder
from shared.domain.judgement.light_model import LightModel
from shared.domain.judgement.limits import Limits
from shared.domain.judgement.reader import Reading


@dataclass(frozen=True)
class Without:
    patched: AbstractContextManager[object] = field(default_factory=nullcontext)
    changed: Callable[[Encoder], Encoder] = lambda encoder: encoder
    chosen_anew: bool = False


def stages() -> dict[str, Without]:
    half = Limits(relevant_from=0.5, also_from=0.5)
    return {
        "the gate": Without(patch.object(gate, "look", _all_pass)),
        "the light model beside": Without(changed=lambda it: replace(it, beside=Beside()), chosen_anew=True),
        "a text's sentences": Without(patch.object(reader, "OF_WHOLE", 1.0), chosen_anew=True),
        "the text as a whole": Without(patch.object(reader, "OF_WHOLE", 0.0), chosen_anew=True),
        "the glance at long texts": Without(patch.object(Glance, "sees_something", lambda *_: True)),
        "one type for a proposition": Without(patch.object(propositions, "likeliest", _as_they_are)),
        "chosen limits": Without(changed=lambda it: replace(it, limits=half)),
    }


def ablated(
    encoder: Encoder, light: LightModel, chosen_on: Sequence[Prepared], reported: Sequence[Item]
) -> dict[str, list[Judged]]:
    """By the name of the stage that is left out."""
    once = replace(encoder, network=Remembered(encoder.network))
    found = {}
    for name, without in stages().items():
        with without.patched:
            changed = without.changed(once)
            if without.chosen_anew:
                changed = replace(changed, limits=limits_of(changed, light, chosen_on))
            found[name] = judged(reported, reader_of(changed, light))
    return found


def _all_pass(news: News) -> gate.Names:
    return gate.Names(matcher.find(news.title), matcher.find(news.body))


def _as_they_are(readings: Sequence[Reading], _: Document) -> Iterator[Reading]:
    return iter(readings)
