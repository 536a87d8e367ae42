"""Countries, currencies and the zone of an issuer's days."""

from datetime import UTC, datetime
from importlib import resources
from zoneinfo import available_timezones

import pytest

from shared.catalog import countries as module
from shared.catalog.acts import acts
from shared.catalog.countries import (
    EU_MEMBERS,
    countries,
    is_country,
    is_currency,
    members,
    name,
    zone,
)
from shared.catalog.files import CatalogError


@pytest.mark.parametrize("code", ["CN", "US", "JP", "CD", "TW", "EU"])
def test_iso_codes_and_the_union_are_countries(code: str) -> None:
    assert is_country(code)


@pytest.mark.parametrize("code", ["cn", "CHN", "UK", "XX", "*", "", "OTHER"])
def test_anything_else_is_not(code: str) -> None:
    assert not is_country(code)


def test_the_union_has_27_members_and_stands_for_them() -> None:
    assert len(EU_MEMBERS) == 27
    assert set(countries()) > EU_MEMBERS
    assert members("EU") == EU_MEMBERS
    assert members("DE") == {"DE"}
    assert "GB" not in EU_MEMBERS


def test_alerts_call_countries_by_readable_names() -> None:
    assert [name(code) for code in ("CD", "KR", "EU", "CN")] == ["DR Congo", "South Korea", "European Union", "China"]


@pytest.mark.parametrize(
    ("issuer", "expected"),
    [
        ("CN", "Asia/Shanghai"),
        ("US", "America/New_York"),
        ("EU", "Europe/Brussels"),
        ("JP", "Asia/Tokyo"),
        ("ID", "Asia/Jakarta"),
        ("CD", "Africa/Kinshasa"),
        ("ZW", "Africa/Harare"),
        ("NA", "Africa/Windhoek"),
        ("MM", "Asia/Yangon"),
        ("RU", "Europe/Moscow"),
        ("AU", "Australia/Sydney"),
        ("AQ", "UTC"),
    ],
)
def test_days_are_counted_where_the_state_decides(issuer: str, expected: str) -> None:
    assert zone(issuer).key == expected


def test_a_chinese_act_of_8_november_begins_on_the_7th_in_utc() -> None:
    begins = datetime(2025, 11, 8, tzinfo=zone("CN")).astimezone(UTC)
    assert begins == datetime(2025, 11, 7, 16, tzinfo=UTC)


def test_every_country_has_a_zone_that_exists() -> None:
    known = available_timezones()
    assert all(zone(code).key in known for code in [*countries(), "EU"])


def test_no_zone_of_a_country_with_several_is_left_to_chance() -> None:
    """A country that gains a second zone in a later release of the tz database must be given its capital's."""
    assert _countries_with_several_zones() - module._NO_CAPITAL <= set(module._CAPITALS)


def test_every_issuer_of_the_timeline_has_a_zone() -> None:
    assert {zone(str(act["issuer"])).key for act in acts() if "issuer" in act} >= {"Asia/Shanghai", "Africa/Kinshasa"}


@pytest.mark.parametrize("ask", [zone, name, members])
def test_an_unknown_country_is_an_error_that_names_it(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(CatalogError, match="'XX'"):
        ask("XX")


def test_currencies_are_those_of_iso_4217() -> None:
    assert [is_currency(code) for code in ("USD", "CNY", "EUR", "usd", "RMB", "")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]


def _countries_with_several_zones() -> set[str]:
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    codes = [line.split("\t")[0] for line in table.splitlines() if not line.startswith("#")]
    return {code for code in codes if codes.count(code) > 1}
