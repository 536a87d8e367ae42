import pytest

from services.scorer.testing import Ledger


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()
