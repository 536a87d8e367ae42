import pytest

from services.ingest.testing import Ingest


@pytest.fixture
async def ingest() -> Ingest:
    return Ingest()
