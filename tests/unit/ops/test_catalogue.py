"""The catalogue of metrics: written down, and bounded whatever comes in."""

from prometheus_client import REGISTRY

from deploy.prometheus.metrics_page import PAGE, page
from shared.metrics import CATALOGUE


def test_the_page_is_the_catalogue() -> None:
    assert PAGE.read_text() == page(), "run `make dashboards`"


def test_the_catalogue_is_what_a_process_serves() -> None:
    kinds = {"counter": "_total", "gauge": "", "histogram": ""}
    served = {
        f"{family.name}{kinds[family.type]}": family.type
        for family in REGISTRY.collect()
        if family.name.startswith("chokepoint_")
    }
    assert served == {family.name: family.type for family in CATALOGUE}


def test_each_says_what_it_is_and_what_to_do() -> None:
    for family in CATALOGUE:
        assert family.meaning[0].isalnum()
        assert family.moves
        assert "|" not in family.meaning + family.moves
