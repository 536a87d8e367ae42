"""What `make eval` leaves out and learns from, without the encoder itself."""

from itertools import pairwise

from services.classifier.training import texts
from services.classifier.training.evaluate.ablation import stages
from services.classifier.training.evaluate.curve import SHARES, curves
from services.classifier.training.evaluate.references import keywords
from services.classifier.training.texts import Prepared
from shared.domain.judgement import gate
from shared.domain.judgement.reader import Reader
from tests.unit.judgement.texts import news


def test_a_stage_is_left_out_for_as_long_as_it_is_measured() -> None:
    football = news("Ajax beat PSV", "Two goals.")
    with stages()["the gate"].patched:
        assert gate.look(football) is not None
    assert gate.look(football) is None


def test_all_that_is_left_out_exists() -> None:
    for without in stages().values():
        with without.patched:
            pass


def test_a_curve_learns_from_more_and_more_of_the_same() -> None:
    learn = [texts.prepare(item) for item in texts.load()[:40]]
    learned_from: list[set[str]] = []

    def fit(some: list[Prepared] | tuple[Prepared, ...]) -> Reader:
        learned_from.append({each.item.id for each in some})
        return keywords()

    (points,) = curves({"words": lambda some: fit(list(some))}, learn, [learn[0].item]).values()
    assert [size for size, _ in points] == [round(share * 40) for share in SHARES]
    assert all(one <= other for one, other in pairwise(learned_from))
