"""Whom an act concerns, by rules that can be checked by hand: what the demo expects rests on them alone."""

import pytest

from services.cli.demo.customers import CHIPS, CUSTOMERS, MAGNETS, MOTORS
from services.cli.demo.scope import concerns
from services.cli.demo.story import concerning

ACT: dict[str, object] = {
    "kind": "measure_change",
    "issuer": "CN",
    "materials": ("gallium",),
    "targets": ("*",),
    "end_uses": (),
}


def whom(**changes: object) -> set[str]:
    return {customer for customer, profile in CUSTOMERS.items() if concerns(ACT | changes, profile)}


def test_an_act_concerns_who_buys_its_material_from_its_issuer() -> None:
    assert whom() == {CHIPS, MAGNETS}
    assert whom(materials=("heavy_rare_earths",)) == {MOTORS, MAGNETS}, "a group covers its members"
    assert whom(materials=("nickel",)) == set()
    assert whom(issuer="RU") == set()
    assert whom(materials=("cobalt",), issuer="CD") == {MOTORS}


def test_a_destination_or_an_end_use_that_is_not_named_is_not_concerned() -> None:
    assert whom(targets=("US",)) == {MAGNETS}
    assert whom(targets=("EU",), materials=("terbium",)) == {MOTORS}, "EU stands for its members"
    assert whom(end_uses=("defence",)) == {MAGNETS}


def test_a_list_concerns_who_buys_from_a_company_on_it_or_is_one() -> None:
    def listed(name: str) -> set[str]:
        return whom(kind="list_change", entities=({"name": name, "country": "US"},))

    assert listed("MP MATERIALS CORP") == {MAGNETS}
    assert listed("Sendai Chips, Ltd.") == {CHIPS}
    assert listed("Acme") == set()


@pytest.mark.parametrize(
    ("ref", "customers"),
    [
        ("CN-2023-23", [MAGNETS, CHIPS]),
        ("CN-2024-46/1", [MAGNETS]),
        ("CN-2025-18", [MOTORS, MAGNETS]),
        ("CN-2025-61", [MOTORS, MAGNETS]),
        ("CD-2025-001", [MOTORS]),
        ("CN-2026-01", []),
        ("CN-2026-12", [CHIPS]),
        ("CN-2026-23", [MAGNETS]),
        ("CN-2023-57", []),
    ],
)
def test_the_acts_of_the_story(ref: str, customers: list[str]) -> None:
    assert concerning(ref) == customers
