"""While an upgrade is under way, and after one that was taken back, the version before works in the newer one's schema:
a migration adds, and what it adds nobody has to fill. What is to go, goes a version after nothing reads it any more."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MIGRATIONS = sorted(ROOT.glob("services/*/migrations/v*.py"))
TAKES_AWAY = re.compile(
    r"\bDROP\s+(TABLE|COLUMN)|\bRENAME\b|ALTER\s+COLUMN\s+\w+\s+(TYPE|SET\s+DATA|SET\s+NOT\s+NULL)"
    r"|op\.(drop_column|drop_table|rename_table|alter_column)",
    re.IGNORECASE,
)
HAS_TO_BE_FILLED = re.compile(r"\bADD\s+(?:COLUMN\s+)?\w+\s+(?![^,;\"]*DEFAULT)[^,;\"]*NOT\s+NULL", re.IGNORECASE)


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_migration_leaves_the_version_before_at_work(path: Path) -> None:
    text = path.read_text()
    assert not TAKES_AWAY.search(text)
    assert not HAS_TO_BE_FILLED.search(text)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE letters DROP COLUMN body",
        "DROP TABLE letters",
        "ALTER TABLE letters RENAME body TO text",
        "ALTER TABLE letters ALTER COLUMN number TYPE bigint",
        "ALTER TABLE letters ADD COLUMN told bigint NOT NULL",
        "ALTER TABLE letters ADD told bigint NOT NULL, ADD other text",
    ],
)
def test_one_that_takes_away_or_demands_is_noticed(statement: str) -> None:
    assert TAKES_AWAY.search(statement) or HAS_TO_BE_FILLED.search(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE a ADD b text",
        "ALTER TABLE a ADD b int NOT NULL DEFAULT 0, ADD c text",
        "CREATE TABLE b (c text NOT NULL)",
    ],
)
def test_one_that_adds_is_well(statement: str) -> None:
    assert not TAKES_AWAY.search(statement)
    assert not HAS_TO_BE_FILLED.search(statement)
