"""deploy/kubernetes: what each service needs is what its pod is given, with no more rights and no more network than
that; and Kubernetes takes it."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from cryptography.fernet import Fernet

from shared.http.egress import PORTS as PORTS_OF_WEBHOOKS
from shared.version import VERSION
from tests.fixtures import needs
from tests.fixtures.kustomize import Manifest, build, containers, pod

ROOT = Path(__file__).parents[3]
PLACE = ROOT / "deploy/kubernetes"
BASE = build(PLACE / "base")
TOOLS = ROOT / ".cache/kubernetes"
OLDEST, NEWEST = "1.30", "1.37"
"""That has all that we use; that we know."""


def of(kind: str, name: str, manifests: list[Manifest] = BASE) -> Manifest:
    (found,) = (each for each in manifests if re.fullmatch(kind, each["kind"]) and each["metadata"]["name"] == name)
    return found


def workload(name: str) -> Manifest:
    return of("Deployment|StatefulSet", name)


def container(name: str) -> Manifest:
    (found,) = pod(workload(name))["containers"]
    assert isinstance(found, dict)
    return found


def given(name: str) -> dict[str, str]:
    [told] = [of("ConfigMap", source["configMapRef"]["name"])["data"] for source in container(name)["envFrom"]]
    return {**told, **{each["name"]: str(each["value"]) for each in container(name).get("env", ())}}


def files(name: str) -> set[str]:
    [volume] = [each["projected"] for each in pod(workload(name))["volumes"] if each["name"] == "secrets"]
    return {item["path"] for source in volume["sources"] for item in source["secret"]["items"]}


def secrets(name: str) -> set[str]:
    return {each for each in files(name) if not each.endswith(".pem")}


@pytest.mark.parametrize("name", needs.NAMES)
def test_a_service_is_given_every_setting_that_it_needs_and_none_that_it_does_not_know(name: str) -> None:
    assert needs.wanting(name, given(name), secrets(name)) == []
    assert needs.unknown(name, given(name), secrets(name)) == set()


@pytest.mark.parametrize("name", needs.NAMES)
def test_what_it_is_given_can_be_read(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"chokepoint_database_url": "postgresql+asyncpg://u:p@db:5432/c", "chokepoint_secret_keys": key()}
    for each in files(name):
        (tmp_path / each).write_text(said.get(each, "s3cret"))
    for setting, value in given(name).items():
        monkeypatch.setenv(setting, value.replace("/run/secrets", str(tmp_path)))
    settings = needs.settings_of(name)()
    assert settings.kafka_security_protocol == "SASL_SSL"
    assert settings.kafka_password.get_secret_value() == "s3cret"
    assert settings.kafka_ca_file
    assert settings.kafka_ca_file.exists()
    assert settings.host == "0.0.0.0"  # noqa: S104  # within its pod


def key() -> str:
    return Fernet.generate_key().decode()


@pytest.mark.parametrize("name", needs.NAMES)
def test_a_service_listens_and_is_asked_where_the_contract_says(name: str) -> None:
    asked = container(name)
    assert asked["args"] == [f"services.{name}"]
    assert asked["ports"] == [{"name": "http", "containerPort": needs.PORTS[name]}]
    assert of("Service", name)["spec"]["ports"] == [{"name": "http", "port": needs.PORTS[name], "targetPort": "http"}]
    probes = {probe: asked[f"{probe}Probe"]["httpGet"] for probe in ("startup", "liveness", "readiness")}
    assert probes == {
        "startup": {"path": "/livez", "port": "http"},
        "liveness": {"path": "/livez", "port": "http"},
        "readiness": {"path": "/readyz", "port": "http"},
    }


@pytest.mark.parametrize("name", needs.NAMES)
def test_who_keeps_files_keeps_them_on_the_shared_volume(name: str) -> None:
    claims = {
        each["persistentVolumeClaim"]["claimName"]
        for each in pod(workload(name))["volumes"]
        if len(each) == 2 and "persistentVolumeClaim" in each
    }
    assert claims == ({"data"} if needs.keeps_files(name) else set())
    mounts = {each["name"]: each["mountPath"] for each in container(name)["volumeMounts"]}
    assert mounts.get("data") == (given(name)["CHOKEPOINT_DATA_DIR"] if needs.keeps_files(name) else None)
    assert mounts["secrets"] == given(name)["CHOKEPOINT_SECRETS_DIR"]
    assert of("PersistentVolumeClaim", "data")["spec"]["accessModes"] == ["ReadWriteMany"]


@pytest.mark.parametrize("name", needs.NAMES)
def test_a_pod_has_no_more_rights_than_it_needs(name: str) -> None:
    spec, only = pod(workload(name)), container(name)
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] == 10001  # the image's own
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert only["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert only["resources"]["requests"].keys() == {"cpu", "memory"}
    assert only["resources"]["limits"].keys() == {"memory"}
    assert of("Namespace", "chokepoint")["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("name", needs.NAMES)
def test_copies_of_a_service_leave_one_after_the_other_and_stand_apart(name: str) -> None:
    labels = workload(name)["spec"]["template"]["metadata"]["labels"]
    budget = of("PodDisruptionBudget", name)["spec"]
    assert budget["maxUnavailable"] == 1
    assert budget["selector"]["matchLabels"].items() <= labels.items()
    for spread in pod(workload(name))["topologySpreadConstraints"]:
        assert spread["labelSelector"]["matchLabels"].items() <= labels.items()
        assert spread["matchLabelKeys"] == ["app.kubernetes.io/name"]
    assert pod(workload(name))["terminationGracePeriodSeconds"] > 15  # what a service takes at most


def test_who_is_a_member_of_a_group_keeps_its_name_over_restarts() -> None:
    """Or its partitions wait until the old name's session has run out. Ingest reads by no group."""
    kinds = {name: workload(name)["kind"] for name in needs.NAMES}
    assert kinds == dict.fromkeys(needs.NAMES, "StatefulSet") | {"ingest": "Deployment"}
    assert {given(name)["CHOKEPOINT_INSTANCE"] for name in needs.NAMES} == {"hostname"}


def test_the_registry_runs_once_and_others_as_often_as_there_is_work() -> None:
    scaled = {each["metadata"]["name"]: each["spec"] for each in BASE if each["kind"] == "HorizontalPodAutoscaler"}
    assert scaled.keys() == {"ingest", "classifier", "dispatcher"}
    for name, spec in scaled.items():
        assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": workload(name)["kind"], "name": name}
        assert "replicas" not in workload(name)["spec"], "or each apply undoes what the autoscaler did"
        if name != "ingest":
            assert spec["maxReplicas"] <= int(given(name)["CHOKEPOINT_PARTITIONS"]), "more copies would have no work"
    assert workload("registry")["spec"]["replicas"] == 1


def allowed(name: str, direction: str) -> Iterator[Manifest]:
    """Rules of the policies that mean a service's pods."""
    labels = workload(name)["spec"]["template"]["metadata"]["labels"]
    for policy in (each["spec"] for each in BASE if each["kind"] == "NetworkPolicy"):
        if chooses(policy["podSelector"], labels):
            yield from policy.get(direction, ())


def chooses(selector: Manifest, labels: Mapping[str, str]) -> bool:
    listed = all(labels.get(one["key"]) in one["values"] for one in selector.get("matchExpressions", ()))
    return bool(listed and selector.get("matchLabels", {}).items() <= labels.items())


def pods_named(rules: Iterator[Manifest], side: str) -> set[str]:
    peers = [peer for rule in rules for peer in rule[side]]
    return {
        peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"] for peer in peers if peer.keys() == {"podSelector"}
    }


def namespaces_named(rules: Iterator[Manifest], side: str) -> set[str]:
    peers = [peer["namespaceSelector"] for rule in rules for peer in rule[side] if "namespaceSelector" in peer]
    return {peer["matchLabels"]["kubernetes.io/metadata.name"] for peer in peers}


def test_nothing_may_be_reached_that_no_policy_names() -> None:
    assert of("NetworkPolicy", "default-deny")["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@pytest.mark.parametrize("name", needs.NAMES)
def test_a_service_reaches_whom_it_asks_and_nobody_else(name: str) -> None:
    asked = needs.asks(name)
    for setting, other in asked.items():
        named = urlsplit(given(name)[setting])
        assert named.port == needs.PORTS[other]
        service = of("Service", str(named.hostname))["spec"]
        assert service["selector"] == {"app.kubernetes.io/name": other}
        assert service.get("clusterIP") == "None", "each copy's address stands behind the name: some are all asked"
    assert pods_named(allowed(name, "egress"), "to") == set(asked.values())
    outside = {"kube-system", "kafka", "monitoring"} | ({"postgres"} if needs.has_database(name) else set())
    assert namespaces_named(allowed(name, "egress"), "to") == outside


@pytest.mark.parametrize("name", needs.NAMES)
def test_a_service_is_reached_by_who_asks_it_and_by_prometheus(name: str) -> None:
    askers = {other for other in needs.NAMES if name in needs.asks(other).values()}
    assert pods_named(allowed(name, "ingress"), "from") == askers
    public = {"ingress"} if name in {"ingest", "control"} else set()
    assert namespaces_named(allowed(name, "ingress"), "from") == {"monitoring"} | public


def blocks(name: str) -> list[Manifest]:
    return [peer["ipBlock"] for rule in allowed(name, "egress") for peer in rule["to"] if "ipBlock" in peer]


def lets_out(name: str, address: str) -> bool:
    ip = ip_address(address)
    return any(
        ip in ip_network(block["cidr"]) and not any(ip in ip_network(each) for each in block.get("except", ()))
        for block in blocks(name)
    )


def test_webhooks_go_to_the_internet_and_nothing_else_goes_there() -> None:
    assert [name for name in needs.NAMES if blocks(name)] == ["dispatcher"]
    assert lets_out("dispatcher", "93.184.215.14")
    assert lets_out("dispatcher", "2606:2800:21f:cb07:6820:80da:af6b:8b2c")
    for inside in (
        "10.1.2.3",
        "172.20.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "127.0.0.1",
        "fd00::1",
        "::1",
        "fe80::1",
    ):
        assert not lets_out("dispatcher", inside), inside
    (rule,) = (each for each in allowed("dispatcher", "egress") if any("ipBlock" in peer for peer in each["to"]))
    assert {port["port"] for port in rule["ports"]} == PORTS_OF_WEBHOOKS


def test_one_image_of_one_version_everywhere() -> None:
    assert {each["image"] for each in containers(BASE)} == {f"chokepoint:{VERSION}"}
    assert {each["image"] for each in containers(build(PLACE / "example"))} == {
        f"registry.example.com/chokepoint:{VERSION}"
    }


def test_a_site_says_how_it_is_reached() -> None:
    name = "CHOKEPOINT_PUBLIC_URL"
    theirs = pod(of("StatefulSet", "dispatcher", build(PLACE / "example")))["containers"][0]["env"]
    assert [each["value"] for each in theirs if each["name"] == name] != [given("dispatcher")[name]]
    assert name in (ROOT / "docs/operations.md").read_text().partition("## On Kubernetes")[2].partition("\n## ")[0]


def test_nothing_secret_stands_in_a_file() -> None:
    text = "".join(path.read_text() for path in PLACE.rglob("*.y*ml"))
    assert "kind: Secret" not in text
    assert not re.search(r"(PASSWORD|SECRET_KEYS|DEV_KEY|DATABASE_URL)\w*[=:] *\S", text)


def kubectl(*arguments: str) -> str:
    path = os.pathsep.join([str(TOOLS / "bin"), os.environ.get("PATH", "")])
    found = shutil.which("kubectl", path=path)
    if found is None:
        pytest.skip("no kubectl here: `sh deploy/kubernetes/fetch.sh` fetches it; what needs none ran")
    ended = subprocess.run([found, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.parametrize("folder", ["base", "example"])
def test_kustomize_builds_what_was_tested_here(folder: str) -> None:
    theirs = re.sub(r"\b(told)-[a-z0-9]{10}\b", r"\1", kubectl("kustomize", str(PLACE / folder)))
    assert by_name(list(yaml.safe_load_all(theirs))) == by_name(build(PLACE / folder))


def by_name(manifests: list[Manifest]) -> dict[str, Any]:
    return {f"{each['kind']} {each['metadata']['name']}": normal(each) for each in manifests}


def normal(manifest: Any) -> Any:
    """Entries of a list have no order that we mean."""
    if isinstance(manifest, dict):
        return {name: normal(value) for name, value in manifest.items()}
    if isinstance(manifest, list):
        return sorted((normal(each) for each in manifest), key=lambda each: json.dumps(each, sort_keys=True))
    return manifest


def validated(manifests: list[Manifest], place: Path, version: str) -> "subprocess.CompletedProcess[str]":
    if not TOOLS.exists():
        pytest.skip("no schemas here: `sh deploy/kubernetes/fetch.sh` fetches them; what needs none ran")
    (place / "all.yaml").write_text(yaml.safe_dump_all(manifests))
    command = [
        sys.executable,
        "-m",
        "kubernetes_validate",
        "--strict",
        "--quiet",
        "-k",
        version,
        str(place / "all.yaml"),
    ]
    return subprocess.run(  # noqa: S603
        command, env=os.environ | {"PYTHONPATH": str(TOOLS)}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("version", [pytest.param(OLDEST, marks=pytest.mark.long), NEWEST])
def test_kubernetes_knows_every_field(version: str, tmp_path: Path) -> None:
    ended = validated(BASE + build(PLACE / "example"), tmp_path, version)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_a_field_that_is_none_is_noticed(tmp_path: Path) -> None:
    wrong = json.loads(json.dumps(workload("scorer")))
    wrong["spec"]["template"]["spec"]["containers"][0]["readynessProbe"] = {}
    assert "readynessProbe" in validated([wrong], tmp_path, NEWEST).stdout


@pytest.mark.parametrize("name", needs.NAMES)
def test_prometheus_finds_every_copy_under_its_service_s_name(name: str) -> None:
    [job] = yaml.safe_load((PLACE / "scrape.yml").read_text())["scrape_configs"]
    assert job["kubernetes_sd_configs"] == [{"role": "pod", "namespaces": {"names": ["chokepoint"]}}]
    template = workload(name)["spec"]["template"]["metadata"]
    meta = "__meta_kubernetes_pod"
    found = {
        f"{meta}_annotation_prometheus_io_scrape": template["annotations"]["prometheus.io/scrape"],
        f"{meta}_container_port_name": container(name)["ports"][0]["name"],
        f"{meta}_label_app_kubernetes_io_name": template["labels"]["app.kubernetes.io/name"],
        f"{meta}_name": "any",
    }
    labels: dict[str, str] = {}
    for step in job["relabel_configs"]:
        value = found[step["source_labels"][0]]
        if step.get("action") == "keep":
            assert re.fullmatch(step["regex"], value)
        else:
            labels[step["target_label"]] = value
    assert labels["job"] == name
