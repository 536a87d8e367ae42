"""docs/operations.md says what is so."""

import re
from pathlib import Path

import yaml

from services.cli.supervisor.services import SERVICES

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/operations.md").read_text()
COMPOSE = (ROOT / "docker-compose.yml").read_text()


def test_an_upgrade_goes_through_every_service_readers_before_writers() -> None:
    [listed] = re.findall(r"for service in (.+); do", PAGE)
    order = listed.split()
    assert sorted(order) == sorted(service.name for service in SERVICES)
    for writer, reader in (
        ("ingest", "classifier"),
        ("classifier", "registry"),
        ("registry", "scorer"),
        ("scorer", "dispatcher"),
    ):
        assert order.index(reader) < order.index(writer)


def test_settings_are_those_that_the_compose_file_reads() -> None:
    read = set(re.findall(r"\$\{(\w+):-", COMPOSE))
    listed = set(re.findall(r"^\| `(\w+)", PAGE, re.MULTILINE))
    assert {name for name in listed if name.startswith("CHOKEPOINT_")} == read - {"CLOCK"}


def test_volumes_and_secrets_are_those_of_the_compose_file() -> None:
    compose = yaml.safe_load(COMPOSE)
    backed_up = set(re.findall(r"^\| volume `(\w+)`", PAGE, re.MULTILINE))
    assert backed_up == compose["volumes"].keys() - {"prometheus", "alertmanager", "grafana"}
    for name in re.findall(r"`((?:chokepoint|grafana|postgres)_\w+)`", PAGE):
        assert name in compose["secrets"]


def test_a_sealing_key_is_changed_in_one_way_here_and_in_the_readme() -> None:
    for page in (PAGE.partition("## Secrets")[2], (ROOT / "README.md").read_text()):
        assert "chokepoint reseal" in page
        assert not re.search(r"goes\s+when every endpoint's secret was rotated", page)


def test_what_it_links_to_is_there() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)", PAGE):
        assert (ROOT / "docs" / target).exists(), target


def test_an_upgrade_makes_topics_first_and_has_what_watches_read_what_is_new() -> None:
    step = PAGE.partition("5. The topics first")[2].partition("6. ")[0]
    assert step.index("run --rm --no-deps groundwork") < step.index("for service in") < step.index("done")
    assert step.index("done") < step.index("docker compose restart prometheus alertmanager grafana")


def test_whoever_has_copies_is_told_that_up_takes_them_away() -> None:
    assert len(re.findall(r"needs its `--scale`|takes copies away", PAGE)) == 2
