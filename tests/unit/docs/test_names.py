"""What the documentation names is there: pages, files, functions, settings, metrics, services, targets of make."""

import ast
import re
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from pydantic_settings import BaseSettings

import shared.metrics
from services.classifier.settings import ClassifierSettings
from services.cli.supervisor.services import SERVICES
from services.control.settings import ControlSettings
from services.dispatcher.settings import DispatcherSettings
from services.ingest.settings import IngestSettings
from services.registry.settings import RegistrySettings
from services.scorer.settings import ScorerSettings
from tests.fixtures.markdown import PAGES, README, ROOT, blocks, inline, links

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)

SETTINGS: tuple[type[BaseSettings], ...] = (
    ClassifierSettings,
    ControlSettings,
    DispatcherSettings,
    IngestSettings,
    RegistrySettings,
    ScorerSettings,
)
OF_THE_CLIENT = {"CHOKEPOINT_URL", "CHOKEPOINT_CONTROL_URL", "CHOKEPOINT_KEY"}
OF_EVERY_PROCESS = {"CHOKEPOINT_SECRETS_DIR"}  # read before the settings are
FOLDERS = ("bench", "deploy", "docs", "services", "shared", "tests")
PLACE = re.compile(rf"(?:{'|'.join(FOLDERS)})/[\w./-]*|[\w-]+\.(?:toml|lock|md)|Makefile")


@pages
def test_links_lead_to_pages_of_this_repository(page: Path) -> None:
    broken = [link for link in links(page) if "//" not in link and not (page.parent / link.split("#")[0]).exists()]
    assert broken == []


@pages
def test_files_and_folders_are_there(page: Path) -> None:
    named = (word.split(":")[0] for word in inline(page) if PLACE.fullmatch(word.split(":")[0]))
    assert [place for place in named if not (ROOT / place).exists()] == []


@pages
def test_functions_and_classes_are_where_they_are_said_to_be(page: Path) -> None:
    missing = [
        reference
        for reference in inline(page)
        if (found := re.fullmatch(r"([\w/]+\.py):([\w.]+)", reference))
        and found[2] not in set(_defined(ast.parse((ROOT / found[1]).read_text())))
    ]
    assert missing == []


@pages
def test_settings_are_read_by_a_service(page: Path) -> None:
    of_settings = {f"CHOKEPOINT_{name.upper()}" for settings in SETTINGS for name in settings.model_fields}
    known = OF_THE_CLIENT | OF_EVERY_PROCESS | of_settings
    assert set(re.findall(r"CHOKEPOINT_[A-Z_]+\b", page.read_text())) <= known


@pages
def test_metrics_are_served(page: Path) -> None:
    assert shared.metrics.PREFIX == "chokepoint"
    families = {family.name for family in REGISTRY.collect()}
    named = set(re.findall(r"chokepoint_[a-z_]+", page.read_text()))
    assert {name.removesuffix("_total") for name in named} <= families


def test_every_service_is_shown_with_its_port() -> None:
    shown = re.findall(r"^\| `\.venv/bin/python -m (services\.\w+)` \| (\d+) \|", README.read_text(), re.MULTILINE)
    assert {(module, int(port)) for module, port in shown} == {(each.module, each.port) for each in SERVICES}


@pages
def test_what_is_said_of_make_is_a_target_of_it(page: Path) -> None:
    text = "\n".join((*blocks(page, "sh"), *inline(page)))
    for target in sorted(set(re.findall(r"^make ([a-z-]+)", text, re.MULTILINE))):
        subprocess.run(["make", "--dry-run", "--silent", target], cwd=ROOT, check=True, capture_output=True)  # noqa: S603, S607


@pages
def test_modules_that_are_to_be_run_are_there(page: Path) -> None:
    text = "\n".join((*blocks(page, "sh"), *inline(page)))
    for module in sorted(set(re.findall(r"python -m ([\w.]+)", text))):
        assert find_spec(module), module


def _defined(tree: ast.Module | ast.ClassDef) -> Iterator[str]:
    """Functions, classes and constants of a module, methods as `Class.method`."""
    for node in tree.body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.name
            case ast.ClassDef():
                yield node.name
                yield from (f"{node.name}.{name}" for name in _defined(node))
            case ast.Assign():
                yield from (target.id for target in node.targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case _:
                pass
