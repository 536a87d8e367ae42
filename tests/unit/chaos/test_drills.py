"""The drills are those that the page lists, and their alerts are those of the rules."""

import re
from pathlib import Path

import yaml

from tests.chaos.drills import DRILLS

ROOT = Path(__file__).parents[3]
RULES = (ROOT / "deploy/prometheus/rules").glob("*.yml")


def test_the_page_lists_every_drill_with_its_alert() -> None:
    section = (ROOT / "docs/operations.md").read_text().split("## Fire drills")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.+`) \| (.+) \|$", section, re.MULTILINE)
    listed = {name: alert for names, alert in rows for name in re.findall(r"`(\w+)`", names)}
    assert listed.keys() == DRILLS.keys()
    for name, alert in listed.items():
        assert {named.split()[0] for named in DRILLS[name].alerts} == {alert.split()[0]}


def test_an_alert_that_must_fire_is_one_of_the_rules() -> None:
    groups = (group for path in RULES for group in yaml.safe_load(path.read_text())["groups"])
    known = {rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}
    assert {name.split()[0] for drill in DRILLS.values() for name in drill.alerts} <= known
