"""What control asks a scorer wrongly is refused by field, as a problem."""

from pathlib import Path

import pytest

from services.scorer.handler import ScorerHandler
from services.scorer.questions import LARGEST_BODY, question_routes
from shared.http.problems import PROBLEM_JSON, app_of
from shared.kafka.snapshots import SnapshotStore
from tests.unit.http.asking import ask


@pytest.mark.parametrize(("path", "loc"), [("/what-if", "body.record"), ("/past", "body.profile")])
async def test_what_is_no_question_is_refused_by_field(path: str, loc: str, tmp_path: Path) -> None:
    app = app_of(question_routes(ScorerHandler(SnapshotStore(tmp_path, "scorer", 1), snapshot_every_s=60)))
    refused = await ask(app, "POST", path, content=b"{}")
    assert (refused.status_code, refused.headers["content-type"]) == (422, PROBLEM_JSON)
    assert loc in {error["loc"] for error in refused.json()["errors"]}
    assert (await ask(app, "POST", path, content=b" " * (LARGEST_BODY + 1))).status_code == 413
    assert (await ask(app, "POST", "/elsewhere")).json()["status"] == 404
