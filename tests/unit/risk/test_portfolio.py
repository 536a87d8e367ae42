"""The columns behind the customers: what is freed is used again, what is indexed is found, nothing leaks."""

import numpy as np

from services.scorer.state import State, empty
from services.scorer.testing import bought
from shared.contracts.customers import CustomerProfile, Exposure


def profile(*exposures: Exposure) -> CustomerProfile:
    return CustomerProfile(name="acme", destination="DE", exposures=exposures)


def found(state: State, material: str, country: str) -> set[str]:
    portfolio = state.portfolio
    rows = portfolio.index.rows(portfolio.materials.code(material), portfolio.origins.code(country))
    return {portfolio.ids[portfolio.exposures.customer.item(row)] for row in rows.tolist()}


def test_exposures_are_found_by_material_and_origin() -> None:
    state = empty(0)
    state.portfolio.put("acme", 1, profile(bought(origins={"CN": 0.5, "AU": 0.5})))
    state.portfolio.put("beta", 1, profile(bought(origins={"CN": 1.0})))
    assert found(state, "terbium", "CN") == {"acme", "beta"}
    assert found(state, "terbium", "AU") == {"acme"}
    state.portfolio.put("acme", 2, profile(bought(origins={"AU": 1.0})))
    assert found(state, "terbium", "CN") == {"beta"}
    state.portfolio.drop("beta", 2)
    assert found(state, "terbium", "CN") == set()


def test_rows_of_gone_exposures_are_used_again() -> None:
    state = empty(0)
    for number in range(10):
        state.portfolio.put(f"c-{number}", 1, profile(bought(), bought("gallium")))
    for number in range(10):
        state.portfolio.drop(f"c-{number}", 2)
    for number in range(10):
        state.portfolio.put(f"d-{number}", 1, profile(bought("cobalt"), bought("nickel")))
    assert state.portfolio.exposures.length == 20
    assert state.portfolio.exposure_count == 20
    assert state.portfolio.alive == 10


def test_litter_in_the_pools_is_tidied_away() -> None:
    state = empty(0)
    for number in range(500):
        state.portfolio.put(f"c-{number}", 1, profile(bought(origins={"CN": 0.5, "AU": 0.5}, suppliers=["A", "B"])))
    for version in range(2, 12):
        for number in range(500):
            exposure = bought(origins={"CN": 0.4, "AU": 0.6}, suppliers=[f"S{number}", "B"])
            state.portfolio.put(f"c-{number}", version, profile(exposure))
    portfolio = state.portfolio
    assert portfolio.pool.length < 500 * 2 * 8
    row = portfolio.row_of(123, "terbium")
    assert row is not None
    assert portfolio.share_from(row, frozenset([portfolio.origins.code("AU")])) == (0.6, False)


def test_a_customer_may_buy_from_very_many_countries() -> None:
    state = empty(0)
    countries = ["CN", "AU", "US", "MM", "TH", "IN", "MG", "RU", "BR", "JP", "KR", "VN", "MY", "CA", "NO", "SE"]
    state.portfolio.put("acme", 1, profile(bought(origins=dict.fromkeys(countries, 1 / 16))))
    assert found(state, "terbium", "SE") == {"acme"}
    assert np.isclose(state.portfolio.pool.share[:16].sum(), 1)
