"""GeoPolRisk as its authors' own program works it out (`geopolrisk_reference.py` makes the figures), with our table of
political stability in the place of theirs."""

import json
from pathlib import Path

import pytest

from shared.catalog.supply_risk import geopolrisk, hhi

REFERENCE = json.loads(Path(__file__).with_name("geopolrisk_reference.json").read_text())["materials"]
BOUGHT = {slug: row for slug, row in REFERENCE.items() if row["imports"]}
"""Germany's trade figures know no germanium."""


@pytest.mark.parametrize("slug", REFERENCE)
def test_the_concentration_of_production_is_theirs(slug: str) -> None:
    assert hhi(REFERENCE[slug]["production"]) == pytest.approx(REFERENCE[slug]["hhi"], rel=1e-5)


@pytest.mark.parametrize("slug", BOUGHT)
def test_the_score_is_theirs_within_two_percent(slug: str) -> None:
    row = BOUGHT[slug]
    assert geopolrisk(row["production"], row["imports"], row["own_production"]) == pytest.approx(row["score"], rel=0.02)


def test_there_are_enough_of_them() -> None:
    assert len(BOUGHT) >= 8


def test_who_buys_nothing_runs_no_risk() -> None:
    assert geopolrisk({"CN": 1.0}, {}) == 0
