"""Three made-up buyers. What they buy, from where and for what decides which acts concern them."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.contracts.customers import CustomerProfile, Exposure

MOTORS, MAGNETS, CHIPS = "rhein-motors", "potomac-magnetics", "sendai-chips"


def _buys(
    material: str,
    annual_kg: float,
    origins: dict[str, float],
    *,
    stock_days: float,
    earns: float,
    suppliers: tuple[str, ...] = (),
) -> Exposure:
    return Exposure(
        material=material,
        annual_demand_kg=annual_kg,
        origins=origins,
        suppliers=suppliers,
        inventory_days=stock_days,
        substitutability=0.1,
        revenue_share=earns,
    )


CUSTOMERS: Mapping[str, CustomerProfile] = MappingProxyType(
    {
        MOTORS: CustomerProfile(
            name="Rhein Motors",
            sector="electric motors for cars",
            end_use="civil",
            destination="DE",
            exposures=(
                _buys("terbium", 1_200, {"CN": 0.9, "MY": 0.1}, stock_days=60, earns=0.4),
                _buys("dysprosium", 9_000, {"CN": 0.95, "MY": 0.05}, stock_days=75, earns=0.4),
                _buys(
                    "ndfeb_magnets",
                    600_000,
                    {"CN": 0.85, "JP": 0.15},
                    stock_days=40,
                    earns=0.6,
                    suppliers=("JL Mag Rare-Earth", "Ningbo Yunsheng"),
                ),
                _buys("graphite", 4_000_000, {"CN": 0.8, "MZ": 0.2}, stock_days=90, earns=0.2),
                _buys("cobalt", 500_000, {"CD": 0.7, "ID": 0.3}, stock_days=100, earns=0.2),
            ),
        ),
        MAGNETS: CustomerProfile(
            name="Potomac Magnetics",
            sector="magnets for defence",
            end_use="defence",
            destination="US",
            exposures=(
                _buys(
                    "samarium",
                    20_000,
                    {"CN": 0.9, "US": 0.1},
                    stock_days=120,
                    earns=0.7,
                    suppliers=("MP Materials Corp.", "Blue Ridge Alloys"),
                ),
                _buys(
                    "smco_magnets",
                    50_000,
                    {"CN": 0.6, "JP": 0.4},
                    stock_days=90,
                    earns=0.5,
                    suppliers=("Chesapeake Magnet Works",),
                ),
                _buys("gallium", 900, {"CN": 0.9, "JP": 0.1}, stock_days=100, earns=0.2),
                _buys("germanium", 1_500, {"CN": 0.7, "BE": 0.3}, stock_days=80, earns=0.2),
            ),
            disclosure_conflict=True,
        ),
        CHIPS: CustomerProfile(
            name="Sendai Chips",
            sector="power semiconductors",
            end_use="civil",
            destination="JP",
            exposures=(
                _buys(
                    "gallium",
                    6_000,
                    {"CN": 0.95, "DE": 0.05},
                    stock_days=70,
                    earns=0.8,
                    suppliers=("Mitsubishi Materials Corporation",),
                ),
                _buys("germanium", 2_000, {"CN": 0.85, "BE": 0.15}, stock_days=80, earns=0.3),
                _buys("tungsten", 30_000, {"CN": 0.75, "VN": 0.25}, stock_days=110, earns=0.3),
            ),
        ),
    }
)
COLOURS: Mapping[str, str] = MappingProxyType({MOTORS: "cyan", MAGNETS: "magenta", CHIPS: "green"})


def name_of(customer_id: str) -> str:
    return CUSTOMERS[customer_id].name
