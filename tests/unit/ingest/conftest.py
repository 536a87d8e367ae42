import pytest

from services.ingest import customers
from services.ingest.testing import Ingest


@pytest.fixture(autouse=True)
def no_long_wait_for_strangers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customers, "HEARD_OF_WITHIN_S", 0.01)


@pytest.fixture
async def ingest() -> Ingest:
    return Ingest()
