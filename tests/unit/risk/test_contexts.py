import pytest

from shared.contracts.base import EndUse
from shared.domain.risk.contexts import Contexts


@pytest.mark.parametrize(
    ("targets", "end_uses", "destination", "end_use", "weight"),
    [
        (["*"], [], "DE", "civil", 1),
        (["EU"], [], "DE", "civil", 1),
        (["EU"], [], "EU", "civil", 1),
        (["EU"], [], "GB", "civil", 0),
        (["US", "JP"], [], "JP", "civil", 1),
        (["*"], ["defence"], "DE", "defence", 1),
        (["*"], ["defence"], "DE", "civil", 0),
        (["*"], ["defence"], "DE", "dual_use", 0.5),
        (["*"], ["defence"], "DE", "unknown", 0.25),
        (["*"], ["civil"], "DE", "defence", 1),
    ],
)
def test_how_far_a_measure_concerns_a_customer(
    targets: list[str], end_uses: list[EndUse], destination: str, end_use: EndUse, weight: float
) -> None:
    contexts = Contexts([(destination, end_use)])
    assert contexts.measure_weights(targets, end_uses).tolist() == [weight]


def test_news_for_others_leaves_what_its_kind_leaves_for_others() -> None:
    contexts = Contexts([("DE", "civil"), ("US", "civil")])
    assert contexts.signal_weights(["US"], 0.2).tolist() == [0.2, 1.0]
    assert contexts.signal_weights([], 0.2).tolist() == [1.0, 1.0]
