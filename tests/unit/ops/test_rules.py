"""The rules: they ask for what is there, every alert says how bad it is and what to do, and each is shown to fire and
not to fire."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.cli.supervisor.services import SERVICES
from tests.fixtures.promql import unknown_in
from tests.fixtures.promtool import program

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
RULES = sorted((DEPLOY / "prometheus/rules").glob("*.yml"))
TESTS = sorted((DEPLOY / "prometheus/tests").glob("*.yml"))


def rules() -> Iterator[dict[str, Any]]:
    for path in RULES:
        for group in yaml.safe_load(path.read_text())["groups"]:
            yield from group["rules"]


ALERTS = [rule for rule in rules() if "alert" in rule]
RECORDED = frozenset(rule["record"] for rule in rules() if "record" in rule)


@pytest.mark.parametrize("rule", list(rules()), ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_rule_asks_only_for_what_the_catalogue_has(rule: dict[str, Any]) -> None:
    assert unknown_in(rule["expr"], RECORDED) == []


def test_a_metric_or_label_that_nobody_says_is_noticed() -> None:
    assert unknown_in("rate(chokepoint_no_such_total[5m])") == ["chokepoint_no_such_total"]
    assert unknown_in('chokepoint_consumer_lag{partition="1"}') == ["chokepoint_consumer_lag{partition}"]
    assert unknown_in("sum by (stage) (chokepoint_consumer_lag)") == ["chokepoint_consumer_lag{stage}"]
    bucket = "chokepoint_first_attempt_seconds_bucket"
    assert unknown_in(f'{bucket}{{le="60.0"}}') == []
    assert unknown_in(f'{bucket}{{le="61.0"}}') == [f'{bucket}{{le="61.0"}}']


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_says_how_bad_it_is_and_what_to_do(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in {"critical", "warning", "info", "none"}
    assert alert["annotations"]["summary"]
    book = ROOT / alert["annotations"]["runbook_url"]
    assert book == DEPLOY / "runbooks" / f"{alert['alert']}.md"
    text = book.read_text()
    assert text.startswith(f"# {alert['alert']}: ")
    for part in ("**For customers.**", "**See.**", "**Do.**", "**Over when**"):
        assert part in text


def test_no_runbook_is_of_an_alert_that_is_no_more() -> None:
    assert {path.stem for path in (DEPLOY / "runbooks").glob("*.md")} - {"README"} == {each["alert"] for each in ALERTS}


def test_every_alert_is_shown_to_fire_and_not_to_fire() -> None:
    fires: set[str] = set()
    quiet: set[str] = set()
    for path in TESTS:
        for case in yaml.safe_load(path.read_text())["tests"]:
            for look in case["alert_rule_test"]:
                (fires if look["exp_alerts"] else quiet).add(look["alertname"])
    names = {alert["alert"] for alert in ALERTS}
    assert fires == names
    assert quiet | {"Watchdog"} == names


def test_every_service_is_scraped_where_it_listens() -> None:
    ports = {service.name: service.port for service in SERVICES}
    compose = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())["scrape_configs"]
    found = {job["job_name"]: job["dns_sd_configs"][0] for job in compose if "dns_sd_configs" in job}
    assert {name: found[name]["port"] for name in found} == ports
    assert {name: found[name]["names"] for name in found} == {name: [name] for name in ports}
    local = yaml.safe_load((DEPLOY / "prometheus/local.yml").read_text())["scrape_configs"]
    assert {job["job_name"]: job["static_configs"][0]["targets"] for job in local} == {
        name: [f"127.0.0.1:{port}"] for name, port in ports.items()
    }


def test_every_alert_finds_somebody() -> None:
    routing = yaml.safe_load((DEPLOY / "alertmanager/alertmanager.yml").read_text())
    receivers = {receiver["name"] for receiver in routing["receivers"]}
    assert {routing["route"]["receiver"], *(route["receiver"] for route in routing["route"]["routes"])} == receivers
    told = str(routing["inhibit_rules"])
    names = {alert["alert"] for alert in ALERTS}
    assert "ServiceDown" in told
    for inhibit in routing["inhibit_rules"]:
        for matcher in inhibit["source_matchers"] + inhibit["target_matchers"]:
            label, _, value = matcher.replace("=~", "=").partition(" = ")
            if label == "alertname":
                assert names >= set(value.strip('"').split("|"))


def run(*command: str) -> str:
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)  # noqa: S603
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_promtool_takes_the_rules_and_the_scrape_configurations() -> None:
    promtool = program("promtool")
    run(promtool, "check", "rules", *map(str, RULES))
    run(promtool, "check", "config", *(str(DEPLOY / f"prometheus/{name}.yml") for name in ("prometheus", "local")))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_promtool_fires_each_alert_when_it_should_and_not_otherwise(path: Path) -> None:
    run(program("promtool"), "test", "rules", str(path))


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ("alertname=ServiceDown severity=critical job=ingest", "pager"),
        ("alertname=DeadLetters severity=warning topic=alerts", "desk"),
        ("alertname=MeasureExpires severity=info about=supply", "analysts"),
        ("alertname=Watchdog severity=none", "watcher"),
    ],
)
def test_alertmanager_routes_by_severity_and_subject(labels: str, receiver: str) -> None:
    amtool = program("amtool")
    configuration = str(DEPLOY / "alertmanager/alertmanager.yml")
    run(amtool, "check-config", configuration)
    told = run(amtool, "config", "routes", "test", f"--config.file={configuration}", *labels.split())
    assert told.strip() == receiver
