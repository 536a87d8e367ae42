from services.ingest.testing import Ingest
from shared.version import VERSION


async def test_the_document_needs_no_key_and_shows_both_routes(ingest: Ingest) -> None:
    document = (await ingest.ask("GET", "/openapi.json")).json()
    assert document["info"]["version"] == VERSION
    assert {"/v1/events", "/v1/classify"} <= set(document["paths"])
    post = document["paths"]["/v1/events"]["post"]
    assert set(post["requestBody"]["content"]) == {
        "application/json",
        "application/x-ndjson",
        "application/cloudevents+json",
        "application/cloudevents-batch+json",
    }
    assert set(post["responses"]) == {"202", "401", "403", "408", "413", "415", "422", "429", "503"}
    assert post["security"] == [{"HTTPBearer": []}]
    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"


async def test_every_reference_of_the_document_leads_somewhere(ingest: Ingest) -> None:
    document = (await ingest.ask("GET", "/openapi.json")).json()

    def references(node: object) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return own + [found for value in node.values() for found in references(value)]
        return [found for value in node for found in references(value)] if isinstance(node, list) else []

    found = references(document)
    assert len(found) > 20
    for reference in found:
        assert reference.removeprefix("#/components/schemas/") in document["components"]["schemas"], reference


async def test_all_nine_kinds_are_told_apart_by_kind(ingest: Ingest) -> None:
    document = (await ingest.ask("GET", "/openapi.json")).json()
    assert len(document["components"]["schemas"]["Event"]["discriminator"]["mapping"]) == 9


async def test_it_says_by_which_names_an_answer_tells_events(ingest: Ingest) -> None:
    document = (await ingest.ask("GET", "/openapi.json")).json()
    result = document["components"]["schemas"]["ResultBody"]["properties"]
    assert "as it was given" in result["id"]["description"]
    assert "Of a rejected one it is there where" in result["event_id"]["description"]
    assert result["status"]["enum"] == ["accepted", "duplicate", "rejected"]
    assert "in the order of the events" in document["paths"]["/v1/events"]["post"]["description"]


async def test_people_can_read_it(ingest: Ingest) -> None:
    assert "swagger" in (await ingest.ask("GET", "/docs")).text


async def test_every_metric_family_is_served_from_the_start(ingest: Ingest) -> None:
    metrics = (await ingest.ask("GET", "/metrics")).text
    for family in ("events_ingested_total", "ingest_seconds", "deliveries_total", "build_info"):
        assert f"# HELP chokepoint_{family.removesuffix('_total')}" in metrics
