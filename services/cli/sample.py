"""A customer to begin with; made up."""

from shared.contracts.customers import CustomerProfile, Exposure

SAMPLE = CustomerProfile(
    name="Sample Motors",
    sector="electric vehicles",
    end_use="civil",
    destination="DE",
    exposures=(
        Exposure(
            material="terbium",
            annual_demand_kg=1_200,
            origins={"CN": 0.9, "MY": 0.1},
            suppliers=("JL Mag Rare-Earth",),
            inventory_days=45,
            substitutability=0.1,
            revenue_share=0.4,
        ),
        Exposure(
            material="dysprosium",
            annual_demand_kg=9_000,
            origins={"CN": 0.95},
            inventory_days=60,
            substitutability=0.2,
            revenue_share=0.6,
        ),
    ),
)
