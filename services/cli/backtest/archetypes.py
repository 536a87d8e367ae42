"""Five made-up buyers, each of a kind that export controls have hit. Shares of origin are round figures after the
catalogue's shares of production; quantities and stocks are invented."""

from typing import Any

from shared.contracts.customers import CustomerProfile


def _exposure(material: str, annual_demand_kg: float, origins: dict[str, float], inventory_days: float) -> Any:
    return {
        "material": material,
        "annual_demand_kg": annual_demand_kg,
        "origins": origins,
        "inventory_days": inventory_days,
    }


_MADE: dict[str, dict[str, Any]] = {
    "motors": {
        "name": "Electric motors, Germany",
        "destination": "DE",
        "end_use": "civil",
        "exposures": [
            _exposure("terbium", 900, {"CN": 0.9}, 45),
            _exposure("dysprosium", 4_000, {"CN": 0.9}, 45),
            _exposure("ndfeb_magnets", 250_000, {"CN": 0.85}, 30),
        ],
    },
    "defence": {
        "name": "Guidance systems, United States",
        "destination": "US",
        "end_use": "defence",
        "exposures": [
            _exposure("samarium", 600, {"CN": 0.95}, 120),
            _exposure("gallium", 300, {"CN": 0.8}, 90),
            _exposure("antimony", 20_000, {"CN": 0.5, "TJ": 0.3}, 60),
        ],
    },
    "chips": {
        "name": "Power semiconductors, Japan",
        "destination": "JP",
        "end_use": "civil",
        "exposures": [
            _exposure("gallium", 5_000, {"CN": 0.9}, 60),
            _exposure("germanium", 1_500, {"CN": 0.8}, 60),
        ],
    },
    "batteries": {
        "name": "Battery cells, Korea",
        "destination": "KR",
        "end_use": "civil",
        "exposures": [
            _exposure("graphite", 9_000_000, {"CN": 0.9}, 30),
            _exposure("cobalt", 700_000, {"CD": 0.7}, 45),
        ],
    },
    "tools": {
        "name": "Hard-metal tools, Sweden",
        "destination": "SE",
        "end_use": "dual_use",
        "exposures": [
            _exposure("tungsten", 800_000, {"CN": 0.8}, 60),
            _exposure("molybdenum", 60_000, {"CN": 0.4}, 60),
        ],
    },
}
ARCHETYPES = {name: CustomerProfile.model_validate(made) for name, made in _MADE.items()}
