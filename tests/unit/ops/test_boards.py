"""The dashboards: each panel is one question, asks only for what the catalogue has, and is written from code."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

from deploy.grafana.ask import Series
from deploy.grafana.boards import BOARDS
from deploy.grafana.draw import figure, panel_picture
from deploy.grafana.generate import dashboard_of, file_of
from deploy.grafana.panel import Board, Panel, Query
from shared.metrics import CATALOGUE
from tests.fixtures.promql import selectors, unknown_in
from tests.unit.ops.test_rules import RECORDED

ROOT = Path(__file__).parents[3]
PICTURES = ROOT / "docs/dashboards"
PANELS = [panel for board in BOARDS for panel in board.panels]


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.title)
def test_what_grafana_loads_is_what_the_code_says(board: Board) -> None:
    assert file_of(board).read_text() == dashboard_of(board), "run `make dashboards`"
    loaded = json.loads(dashboard_of(board))
    assert loaded["uid"] == board.uid
    assert [panel["title"] for panel in loaded["panels"]] == [panel.question for panel in board.panels]
    places = [tuple(panel["gridPos"][key] for key in "xywh") for panel in loaded["panels"]]
    assert len(set(places)) == len(places)
    for shown, panel in zip(loaded["panels"], board.panels, strict=True):
        assert [target["expr"] for target in shown["targets"]] == [query.expr for query in panel.queries]


def test_no_dashboard_is_left_over() -> None:
    assert set(file_of(BOARDS[0]).parent.glob("*.json")) == {file_of(board) for board in BOARDS}


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.title)
def test_its_picture_is_of_the_questions_that_it_has_now(board: Board) -> None:
    picture = unescape((PICTURES / f"{board.uid.removeprefix('chokepoint-')}.svg").read_text())
    asked = re.findall(r'font-weight="bold"[^>]*>([^<]+\?)</text>', picture)
    assert asked == [panel.question for panel in board.panels], "draw it anew: python -m deploy.grafana.pictures"


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.question)
def test_a_panel_answers_one_question_with_what_the_catalogue_has(panel: Panel) -> None:
    assert panel.question.endswith("?")
    assert panel.question.count("?") == 1
    assert panel.means
    for query in panel.queries:
        assert unknown_in(query.expr, RECORDED) == []


def test_every_metric_is_on_a_dashboard() -> None:
    asked = {str(each.name) for panel in PANELS for query in panel.queries for each in selectors(query.expr)}
    seen = {re.sub(r"_(bucket|count|sum)$", "", name) for name in asked} | asked
    assert [family.name for family in CATALOGUE if family.name not in seen] == []


def test_what_runbooks_point_to_is_there() -> None:
    boards = {board.title: {panel.question for panel in board.panels} for board in BOARDS}
    for path in (ROOT / "deploy/runbooks").glob("*.md"):
        text = " ".join(path.read_text().split())
        assert set(re.findall(r"[Dd]ashboard \*([^*]+)\*", text)) <= boards.keys(), path.name
        for board, question in re.findall(r'\*([^*]+)\*, "([^"]+)"', text):
            assert any(known.startswith(question) for known in boards[board]), f"{path.name}: {question}"


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.0123, "s", "12.3 ms"),
        (90_000, "s", "1.04 d"),
        (0, "s", "0 s"),
        (0.001, "percentunit", "0.1 %"),
        (2.5e8, "bytes", "250 MB"),
        (12_345, "short", "12,345"),
        (3, "d", "3 days"),
        (1, "d", "1 day"),
    ],
)
def test_a_figure_is_said_in_its_unit(value: float, unit: str, said: str) -> None:
    assert figure(value, unit) == said


@pytest.mark.parametrize("shape", ["lines", "stack", "bars", "number"])
def test_a_picture_names_what_it_shows(shape: str) -> None:
    panel = Panel("Who waits?", "Nobody should.", (Query("up", "{{job}}"),), shape=shape)  # type: ignore[arg-type]
    drawn = panel_picture(panel, [Series("scorer <1>", ((0.0, 1.0), (60.0, 3.0)))], 0, 60)
    assert "Who waits?" in drawn
    assert shape == "number" or "scorer &lt;1&gt;" in drawn
    assert "3" in drawn
    assert "nothing" in panel_picture(panel, [], 0, 60)


def test_many_copies_are_each_named_to_the_end() -> None:
    panel = Panel("Who waits?", "Nobody should.", (Query("up", "{{job}}"),))
    names = [f"risk.scores: control 10.0.0.{number}:8001" for number in range(12)]
    drawn = panel_picture(panel, [Series(name, ((0.0, 1.0), (60.0, 3.0))) for name in names], 0, 60)
    assert [name for name in names if f">{name}: 3<" not in drawn] == []


@pytest.mark.parametrize(("value", "red"), [(0, True), (1, False), (2, True)])
def test_a_figure_that_should_worry_is_red_in_the_picture_and_in_grafana(value: float, red: bool) -> None:
    question = "Does exactly one copy do what only one may do?"
    [(board, panel)] = [(board, each) for board in BOARDS for each in board.panels if each.question == question]
    drawn = panel_picture(panel, [Series("registry", ((0.0, value),))], 0, 60)
    assert ('fill="#b5484a"' in drawn) is red
    [shown] = [each for each in json.loads(dashboard_of(board))["panels"] if each["title"] == question]
    steps = shown["fieldConfig"]["defaults"]["thresholds"]["steps"]
    reached = [step["color"] for step in steps if step["value"] is None or step["value"] <= value]
    assert (reached[-1] == "red") is red
