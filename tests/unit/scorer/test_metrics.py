from prometheus_client import REGISTRY

from services.scorer.metrics import HIGHEST, count, show
from services.scorer.testing import Ledger, bought, measure


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"chokepoint_{name}", labels)


def test_what_is_said_is_counted() -> None:
    ledger = Ledger()
    ledger.customer("acme", bought())
    before = value("score_updates_total") or 0, value("alerts_total", type="alert.opened", severity="high") or 0
    act = Ledger()
    act.act(measure())
    count(ledger.fold.take(act.records[-1]))
    assert value("score_updates_total") == before[0] + 1
    assert value("alerts_total", type="alert.opened", severity="high") == before[1] + 1


def test_the_highest_scores_are_shown_and_no_more() -> None:
    ledger = Ledger()
    for number in range(HIGHEST + 10):
        ledger.customer(f"c-{number}", bought(cover=number * 5))
    ledger.act(measure())
    show([ledger.fold.state])
    assert value("customers") == value("exposures") == HIGHEST + 10
    assert (value("risk_score", customer="c-0", material="terbium") or 0) > 50
    assert value("risk_score", customer=f"c-{HIGHEST + 9}", material="terbium") is None
