"""docs/architecture.md shows who imports whom; this keeps it true."""

from tests.fixtures.markdown import ARCHITECTURE
from tests.unit.docs.structure import DRAWING, drawing, drawn, imports


def test_the_page_shows_the_imports_of_today() -> None:
    page = ARCHITECTURE.read_text()
    assert DRAWING.search(page)
    assert drawn(page) == page, "the imports have changed: python -m tests.unit.docs.structure draws them anew"


def test_a_service_that_begins_to_import_another_part_is_drawn() -> None:
    before = drawing({"services.scorer": {"shared.kafka"}, "services.ingest": {"shared.clock"}})
    after = drawing({"services.scorer": {"shared.kafka", "shared.clock"}, "services.ingest": {"shared.clock"}})
    assert before.count("●") == 2
    assert after.count("●") == 3


def test_what_is_below_never_imports_what_is_above() -> None:
    for part, others in imports().items():
        if part.startswith("shared.domain."):
            assert {other for other in others if not other.startswith("shared.domain.")} <= {
                "shared.catalog",
                "shared.contracts",
            }
