"""Whose act it is, at whom it aims, which days and companies it names."""

from datetime import date

import pytest

from shared.domain.judgement import companies, places
from shared.domain.judgement.dates import Days, days_in
from tests.unit.judgement.texts import PUBLISHED, read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Beijing and South Korean firms", ["CN", "KR"]),
        ("The US told us", ["US"]),
        ("They polish lenses in Poland", ["PL"]),
        ("商务部对美国和印度尼西亚", ["CN", "US", "ID"]),
        ("die chinesische Regierung", ["CN"]),
        ("Papua New Guinea", ["PG"]),
        ("İstanbul and Tokyo", ["JP"]),
    ],
)
def test_states_by_their_names_people_and_capitals(text: str, expected: list[str]) -> None:
    found = places.find(text)
    assert [place.country for place in found] == expected
    assert all(text[place.start : place.end].strip() for place in found)


def test_who_acts_and_at_whom() -> None:
    signal = read(
        "Washington bars exports of tungsten scrap to China",
        "The Commerce Department banned tungsten exports to China.",
    )
    assert (signal.issuer, signal.targets) == ("US", ("CN",))


@pytest.mark.parametrize(
    ("title", "body", "issuer"),
    [
        ("Frost in Tokyo", "China is delaying export licences for gallium, three people said.", "CN"),
        ("Frost in Tokyo", "Export licences for gallium are delayed, three people said.", None),
        ("Gallium licences pending", "Export licences are unanswered, according to importers in Tokyo.", None),
        ("Gallium licences pending", "An official in Beijing said that export licences are delayed.", "CN"),
        ("Frost at China's desk, less cobalt from Congo", "Gallium licences have been pending for weeks.", "CN"),
        ("Congo halts cobalt exports, Washington watches", "The regulator stopped cobalt exports.", "CD"),
    ],
)
def test_a_country_is_an_issuer_only_if_it_acts(title: str, body: str, issuer: str | None) -> None:
    assert read(title, body).issuer == issuer


def test_a_price_has_no_issuer() -> None:
    signal = read(
        "China tungsten price jumps to record high", "Tungsten rose 12 percent this week in China, traders said."
    )
    assert (signal.type, signal.issuer, signal.targets) == ("price_move", None, ())


TODAY = PUBLISHED.date()


@pytest.mark.parametrize(
    ("sentence", "days"),
    [
        ("exporters must apply from 1 april", Days(effective_on=date(2026, 4, 1))),
        ("effective april 1, 2026 the duty is 10 per cent", Days(effective_on=date(2026, 4, 1))),
        ("the order takes effect on 2026-04-01", Days(effective_on=date(2026, 4, 1))),
        ("suspended until 10 november 2026", Days(expires_on=date(2026, 11, 10))),
        ("自2026年4月1日起实施", Days(effective_on=date(2026, 4, 1))),
        ("4月1日から実施する", Days(effective_on=date(2026, 4, 1))),
        ("4월 1일부터 시행", Days(effective_on=date(2026, 4, 1))),
        ("ab dem 1. april gilt eine pflicht", Days(effective_on=date(2026, 4, 1))),
        ("à partir du 1er avril", Days(effective_on=date(2026, 4, 1))),
        ("a partir del 1 de abril de 2026", Days(effective_on=date(2026, 4, 1))),
        ("the mine stopped on 8 march", Days(occurred_on=date(2026, 3, 8))),
        ("the ministry said on monday", Days(occurred_on=date(2026, 3, 9))),
        ("the ministry said on tuesday", Days(occurred_on=TODAY)),
        ("announced today", Days(occurred_on=TODAY)),
        ("the controls of 4 april 2025 remain", Days()),
        ("on 31 february", Days()),
        ("in 45 days, or 3 of 4 cases", Days()),
        ("in december they met", Days()),
    ],
)
def test_days_only_where_they_leave_no_doubt(sentence: str, days: Days) -> None:
    assert days_in(sentence, TODAY) == days


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "sold by Iris Magnets Ltd and Baoji Titanium Co., Ltd. last year",
            ("Iris Magnets Ltd", "Baoji Titanium Co., Ltd."),
        ),
        ("将北脊航空系统公司移出清单", ("北脊航空系统公司",)),
        ("相模化合物ウエハ株式会社は", ("相模化合物ウエハ株式会社",)),
        ("The Corporation said so", ()),
        ("nobody by name", ()),
    ],
)
def test_companies_by_their_legal_form(text: str, expected: tuple[str, ...]) -> None:
    assert companies.find(text) == expected
