"""What is written to the broker is in the catalogue's spelling, whatever the sender's was."""

import pytest

from services.ingest import checking
from services.ingest.testing import Ingest
from tests.unit.ingest.events import (
    GOOD,
    INVENTORY,
    LICENCE_APPLICATION,
    LIST_CHANGE,
    MEASURE_CHANGE,
    NEWS,
    PRICE,
    TRADE_FLOW,
    Json,
    but,
)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (but(INVENTORY, material="Tb"), {"material": "terbium"}),
        (but(INVENTORY, material="Terbium"), {"material": "terbium"}),
        (but(INVENTORY, material="Seltene Erden"), {"material": "rare_earths"}),
        (but(LICENCE_APPLICATION, origin="cn", destination="eu"), {"origin": "CN", "destination": "EU"}),
        (but(LICENCE_APPLICATION, hs_code="2805.30"), {"hs_code": "280530"}),
        (
            but(LICENCE_APPLICATION, material=..., hs_code="8112.92"),
            {"hs_code": "811292"},
        ),
        (but(MEASURE_CHANGE, issuer="cn", targets=["us", "US", "jp"]), {"issuer": "CN", "targets": ["US", "JP"]}),
        (but(MEASURE_CHANGE, targets=["US", "*"]), {"targets": ["*"]}),
        (
            but(MEASURE_CHANGE, materials=["NdPr", "Ga", "gallium"]),
            {"materials": ["neodymium", "praseodymium", "gallium"]},
        ),
        (MEASURE_CHANGE, {"act": "CN-2025-72", "ref": "CN-2025-72"}),
        (but(MEASURE_CHANGE, ref="CN-2024-46/2"), {"act": "CN-2025-72", "ref": "CN-2024-46/2"}),
        (but(MEASURE_CHANGE, targets=...), {"targets": ["*"]}),
        (but(LIST_CHANGE, authority="cn-MOFCOM"), {"authority": "CN-MOFCOM"}),
        (
            but(LIST_CHANGE, entities=[{"name": "A", "country": "us"}]),
            {"entities": [{"name": "A", "aliases": [], "country": "US"}]},
        ),
        (but(PRICE, currency="usd", unit="Metric Tonnes"), {"currency": "USD", "unit": "t"}),
        (but(TRADE_FLOW, partner="jp", hs_code="2805 30"), {"partner": "JP", "hs_code": "280530"}),
        (but(NEWS, published_at="2025-11-10T12:00:00.5+01:00"), {"published_at": "2025-11-10T11:00:00.500000Z"}),
    ],
)
async def test_names_symbols_and_codes_become_those_of_the_catalogue(
    ingest: Ingest, event: Json, expected: Json
) -> None:
    answer = await ingest.post(event)
    assert answer.status_code == 202, answer.text
    (written,) = ingest.written()
    assert {name: written[name] for name in expected} == expected


async def test_a_customs_code_under_which_one_material_travels_names_it(ingest: Ingest) -> None:
    await ingest.post(but(LICENCE_APPLICATION, material=..., hs_code="28053012"))
    await ingest.post(but(LICENCE_APPLICATION, material=..., hs_code="2805301200"))
    several, one = ingest.written()
    assert "material" not in several
    assert one["material"] == "dysprosium"


async def test_the_texts_of_news_are_kept_to_the_character(ingest: Ingest) -> None:
    body = "  “稀土” \t rare\u2028earths \U0001f6a2 \n"
    await ingest.post(but(NEWS, title=" A  b ", body=body))
    (written,) = ingest.written()
    assert (written["title"], written["body"]) == (" A  b ", body)


@pytest.mark.parametrize("event", GOOD, ids=lambda event: event["kind"])
async def test_both_ways_in_give_the_same_record(monkeypatch: pytest.MonkeyPatch, event: Json) -> None:
    short, long = Ingest(), Ingest()
    if event["kind"] == "measure_change":
        event = but(event, ref="CN-2024-46/2")
    await short.post(event)

    def only_the_long_way(text: bytes) -> None:
        return None

    monkeypatch.setattr(checking, "read_canonical", only_the_long_way)
    await long.post(event)
    assert [record.value for record in short.producer.records] == [record.value for record in long.producer.records]
