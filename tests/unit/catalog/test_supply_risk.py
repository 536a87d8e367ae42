"""The EU's formula on examples that can be worked out with a pencil, and on figures that others worked out."""

import json
from pathlib import Path

import pytest

from shared.catalog.files import read
from shared.catalog.supply_risk import concentration, eu_supply_risk, import_reliance

PUBLISHED = {row["material"]: row for row in json.loads(read("structural_risk_2022.json"))}
MINED = json.loads((Path(__file__).parents[1] / "risk" / "geopolrisk_reference.json").read_text())["materials"]
"""World Mining Data 2022, by country."""
CHINA, AUSTRALIA = 0.5882, 0.3133
"""g: (2.5 - estimate) / 5 of the World Bank's estimates for 2022, -0.441 and 0.934."""


def test_a_worked_example() -> None:
    """Trade made up, governance real. The world has .7 and .3 of China and Australia, the Union buys .9 and .1 there.
    IR = (90 - 10) / (20 + 80) = .8; SR = 10 (.4 world + .6 sourcing) (1 - .1) .95."""
    world, sourcing = concentration({"CN": 0.7, "AU": 0.3}), concentration({"CN": 0.9, "AU": 0.1})
    assert world == pytest.approx(0.49 * CHINA + 0.09 * AUSTRALIA)
    assert sourcing == pytest.approx(0.81 * CHINA + 0.01 * AUSTRALIA)
    reliance = import_reliance(production=20, imports=90, exports=10)
    assert reliance == pytest.approx(0.8)
    found = eu_supply_risk(world, sourcing, reliance=reliance, recycling=0.1, substitution=0.95)
    assert found == pytest.approx(3.542, abs=0.001)


def test_an_export_ban_doubles_what_comes_from_there() -> None:
    assert concentration({"CN": 0.9, "AU": 0.1}, {"CN": 2.0}) == pytest.approx(0.81 * CHINA * 2 + 0.01 * AUSTRALIA)


def test_who_buys_abroad_alone_and_who_buys_at_home() -> None:
    assert import_reliance(production=0, imports=5, exports=0) == 1
    assert import_reliance(production=10, imports=0, exports=5) == 0
    assert import_reliance(production=0, imports=0, exports=0) == 0


@pytest.mark.parametrize("slug", sorted(PUBLISHED.keys() & MINED.keys()))
def test_world_mining_data_gives_the_published_figures(slug: str) -> None:
    """All imported, nothing substituted, no restriction: nine materials, within 2 % of what others worked out."""
    produced = MINED[slug]["production"]
    world = concentration({country: quantity / sum(produced.values()) for country, quantity in produced.items()})
    found = eu_supply_risk(world, world, reliance=1, recycling=PUBLISHED[slug]["eol_rir"])
    assert found == pytest.approx(PUBLISHED[slug]["risk_0_10"], rel=0.02)
