"""An id stands in a URL, is the same for ever, and no two measures share one."""

import pytest

from shared.domain.measures import Identity
from shared.domain.measures.identity import country_of


@pytest.mark.parametrize(
    ("issuer", "ref", "expected"),
    [
        ("CN", "CN-2025-61", "CN-2025-61"),
        ("CN", "CN-2024-46/2", "CN-2024-46_2"),
        ("US", "BIS-7", "US_BIS-7"),
        ("CN", "CN-商务部-61", "CN---61__fc562c42f4993444"),
    ],
)
def test_examples(issuer: str, ref: str, expected: str) -> None:
    assert Identity(issuer, ref).id == expected


def test_the_country_of_an_authority() -> None:
    assert country_of("CN-MOFCOM") == "CN"
    assert country_of("EU") == "EU"
    assert country_of("MOFCOM") is None
    assert country_of("XX-OFFICE") is None
