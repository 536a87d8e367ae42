"""Runbooks are of use wherever the system runs, and what they tell one to call is there."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from services.cli.app import app
from tests.fixtures import needs

PLACE = Path(__file__).parents[3] / "deploy/runbooks"
HOW = (PLACE / "README.md").read_text()
ALSO_ON_KUBERNETES = re.compile(r"kubectl|cluster of yours")


@pytest.mark.parametrize("path", sorted(PLACE.glob("*.md")), ids=lambda path: path.stem)
def test_no_page_is_for_containers_on_one_machine_alone(path: Path) -> None:
    text = path.read_text()
    assert "docker compose" not in text or ALSO_ON_KUBERNETES.search(text)
    assert all((PLACE / target).exists() for target in re.findall(r"\]\(([^)]+)\)", text))


def test_each_thing_is_told_for_every_way_to_run_it() -> None:
    rows = [row.strip("| ").split(" | ") for row in HOW.splitlines() if row.startswith("| ")][1:]
    assert len(rows) > 5
    for what, compose, kubernetes, here in rows:
        assert "docker compose" in compose or what.startswith("Kafka"), what
        assert "kubectl -n chokepoint" in kubernetes or what.startswith("Kafka"), what
        assert here, what


def test_ports_are_told_in_the_order_of_their_services() -> None:
    text = " ".join(HOW.split())
    listed = re.findall(r"\w+", text.partition("`SERVICE` is ")[2].partition(", `PORT`")[0].replace(" or ", ", "))
    assert dict(zip(listed, map(int, re.findall(r"\b8\d{3}\b", text)), strict=False)) == needs.PORTS


def test_commands_of_ours_are_commands() -> None:
    known = dict(get_command(app).commands)  # type: ignore[attr-defined]
    told = re.findall(r"[Oo]ur command `([a-z-]+)", "".join(path.read_text() for path in PLACE.glob("*.md")))
    assert told
    assert set(told) <= known.keys()
    assert "--put-back" in (PLACE / "DeadLetters.md").read_text()
    assert "--put-back" in {option for each in known["dead-letters"].params for option in each.opts}


def test_our_commands_are_run_where_ingest_and_control_can_be_asked() -> None:
    """Of all services control alone may ask ingest; itself it asks by its own address."""
    [row] = [row for row in HOW.splitlines() if row.startswith("| our commands |")]
    assert "exec control python -m services.cli" in row
    assert "exec control-0 -- python -m services.cli" in row
    assert [name for name in needs.NAMES if "ingest" in needs.asks(name).values()] == ["control"]
    assert f"CHOKEPOINT_CONTROL_URL=http://localhost:{needs.PORTS['control']} " in HOW
    assert f"CHOKEPOINT_URL=http://ingest:{needs.PORTS['ingest']}\n" in HOW


def test_no_page_ends_processes_by_a_name_that_other_systems_bear() -> None:
    assert not [path for path in PLACE.glob("*.md") if re.search("pgrep|pkill|killall", path.read_text())]


def test_what_a_step_expects_to_read_is_what_we_say() -> None:
    sources = [path.read_text() for top in ("services", "shared") for path in (PLACE.parents[1] / top).rglob("*.py")]
    ours = re.sub(r'"\s*\n\s*f?"', "", "\n".join(sources))  # a text that goes on in the next line
    quoted = {
        part.strip(" :,")
        for path in PLACE.glob("*.md")
        for step in re.findall(r'^\d\. ("[^"]+"(?:, "[^"]+")*)', path.read_text(), re.MULTILINE)
        for part in re.split(r'[…"]|TOPIC', " ".join(step.split()))
        if len(part) > len(", of")
    }
    assert len(quoted) > 10
    assert [part for part in quoted if part not in ours] == []
