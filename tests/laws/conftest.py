"""Laws run 100 examples in `make test` and 1,000 in `make test-long`, always the same ones."""

import pytest
from hypothesis import settings

settings.register_profile("suite", max_examples=100, deadline=None, derandomize=True, database=None)
settings.register_profile("long", max_examples=1_000, deadline=None, derandomize=True, database=None)


def pytest_configure(config: pytest.Config) -> None:
    """Before the laws are imported: each takes its settings as it is defined."""
    settings.load_profile("long" if _all(config) else "suite")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if _all(config):
        for item in items:
            if item.path.parent.name == "laws":
                item.add_marker("long")
                item.add_marker(pytest.mark.timeout(600))


def _all(config: pytest.Config) -> bool:
    return bool(config.getoption("markexpr") == "long")
