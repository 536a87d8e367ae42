"""Countries (ISO 3166-1 alpha-2, and EU), currencies (ISO 4217), and the zone in which an issuer's days are counted."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from zoneinfo import ZoneInfo

from shared.catalog.files import CatalogError

EU = "EU"
_EU_MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU_MEMBERS = frozenset(_EU_MEMBERS.split())

# The day of an act is the day where the state decides: of the zones of a country that has several, its capital's.
# DR Congo: ministers and the cobalt regulator sit in Kinshasa, one hour behind the mines and customs posts of Katanga
# (Africa/Lubumbashi). Palestine: the government sits in Ramallah.
_CAPITALS = MappingProxyType(
    {
        "AR": "America/Argentina/Buenos_Aires",
        "AU": "Australia/Sydney",
        "BR": "America/Sao_Paulo",
        "CA": "America/Toronto",
        "CD": "Africa/Kinshasa",
        "CL": "America/Santiago",
        "CN": "Asia/Shanghai",
        "CY": "Asia/Nicosia",
        "DE": "Europe/Berlin",
        "EC": "America/Guayaquil",
        "ES": "Europe/Madrid",
        "FM": "Pacific/Pohnpei",
        "GL": "America/Nuuk",
        "ID": "Asia/Jakarta",
        "KI": "Pacific/Tarawa",
        "KZ": "Asia/Almaty",
        "MH": "Pacific/Majuro",
        "MN": "Asia/Ulaanbaatar",
        "MX": "America/Mexico_City",
        "MY": "Asia/Kuala_Lumpur",
        "NZ": "Pacific/Auckland",
        "PF": "Pacific/Tahiti",
        "PG": "Pacific/Port_Moresby",
        "PS": "Asia/Hebron",
        "PT": "Europe/Lisbon",
        "RU": "Europe/Moscow",
        "UA": "Europe/Kyiv",
        "US": "America/New_York",
        "UZ": "Asia/Tashkent",
        EU: "Europe/Brussels",
    }
)
# No government of its own, or no inhabitants: whole days are counted in UTC.
_NO_CAPITAL = frozenset(["AQ", "BV", "HM", "UM"])

# Where the standard's formal name reads badly in an alert.
_SHORT_NAMES = MappingProxyType(
    {
        EU: "European Union",
        "BN": "Brunei",
        "CD": "DR Congo",
        "CG": "Republic of the Congo",
        "CZ": "Czechia",
        "FM": "Micronesia",
        "GB": "United Kingdom",
        "IR": "Iran",
        "KP": "North Korea",
        "KR": "South Korea",
        "LA": "Laos",
        "MD": "Moldova",
        "PS": "Palestine",
        "RU": "Russia",
        "SY": "Syria",
        "TR": "Türkiye",
        "VA": "Vatican City",
        "VN": "Vietnam",
    }
)


def is_country(code: str) -> bool:
    return code == EU or code in countries()


def is_currency(code: str) -> bool:
    return code in currencies()


def name(code: str) -> str:
    """What a reader calls it: DR Congo, South Korea."""
    if code in _SHORT_NAMES:
        return _SHORT_NAMES[code]
    return countries()[_known(code)]


def members(code: str) -> frozenset[str]:
    """The states that a code stands for: the 27 for EU, else itself."""
    return EU_MEMBERS if code == EU else frozenset([_known(code)])


def zone(issuer: str) -> ZoneInfo:
    """The zone in which the days of an issuer's acts begin and end."""
    return ZoneInfo(_zone_names().get(_known(issuer), "UTC"))


@cache
def countries() -> Mapping[str, str]:
    """Alpha-2 → name, without EU."""
    import pycountry  # noqa: PLC0415 a process that asks for no country does not pay for the table

    return MappingProxyType({c.alpha_2: getattr(c, "common_name", c.name) for c in pycountry.countries})


@cache
def currencies() -> frozenset[str]:
    import pycountry  # noqa: PLC0415

    return frozenset(currency.alpha_3 for currency in pycountry.currencies)


def _known(code: str) -> str:
    if not is_country(code):
        raise CatalogError(f"unknown country {code!r}: expected ISO 3166-1 alpha-2 in capitals, or EU")
    return code


@cache
def _zone_names() -> Mapping[str, str]:
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    zones = {country: zone_name for country, _, zone_name, *_ in rows if country not in _NO_CAPITAL}
    return MappingProxyType(zones | _CAPITALS)
