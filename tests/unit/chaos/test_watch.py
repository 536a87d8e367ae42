"""When an alert fired, who was told and when it was over, from what Prometheus and Alertmanager say."""

from tests.chaos.pager import Pager
from tests.chaos.watch import Alerts, names_in


def seen(*looks: set[str]) -> Alerts:
    alerts = Alerts()
    for second, firing in enumerate(looks):
        alerts.saw(float(second), firing)
    return alerts


def test_it_fires_and_resolves() -> None:
    alerts = seen(set(), {"A"}, {"A"}, set())
    assert alerts.fired("A", since=0) == 1
    assert alerts.resolved("A", since=2) == 3
    assert alerts.resolved("A", since=5) == 5
    assert alerts.quiet(["A"])


def test_one_that_fired_before_the_cause_is_not_its_alert() -> None:
    alerts = seen({"A"}, {"A"}, {"A"})
    assert alerts.fired("A", since=1) is None
    assert alerts.resolved("A", since=1) is None
    assert not alerts.quiet(["A"])
    assert alerts.quiet(["B"])


def test_one_that_is_about_to_fire_is_not_quiet() -> None:
    alerts = Alerts()
    alerts.saw(0, firing=[], pending=["A"])
    assert not alerts.quiet(["A"])
    assert alerts.fired("A", since=0) is None


def test_one_that_fires_again_is_another_story() -> None:
    alerts = seen({"A"}, set(), {"A"})
    assert alerts.resolved("A", since=0) == 1
    assert alerts.resolved("A", since=2) is None
    assert alerts.fired("A", since=1) == 2


def test_what_else_fired() -> None:
    assert seen({"A"}, {"A", "B"}, {"C"}).fired_between(1, 2) == {"B": 1}


def test_an_alert_is_named_by_what_it_is_about() -> None:
    answer = [
        {"state": "firing", "labels": {"alertname": "ServiceDown", "job": "scorer"}},
        {"state": "pending", "labels": {"alertname": "NotReady", "job": "scorer"}},
        {"state": "firing", "labels": {"alertname": "TimeStandsStill"}},
        {"state": "firing", "labels": {"alertname": "Watchdog"}},
    ]
    assert names_in(answer) == {"ServiceDown scorer", "ServiceDown", "TimeStandsStill"}
    assert names_in(answer, "pending") == {"NotReady scorer", "NotReady"}


def test_who_is_told_of_an_alert_first() -> None:
    pager = Pager()
    down = {"status": "firing", "labels": {"alertname": "ServiceDown", "job": "scorer"}}
    pager.hears(1, "desk", [down])
    pager.hears(3, "pager", [{**down, "status": "resolved"}])
    pager.hears(5, "pager", [down])
    assert pager.first("ServiceDown scorer", since=0) == ("desk", 1)
    assert pager.first("ServiceDown", since=2) == ("pager", 5)
    assert pager.first("NotReady", since=0) is None
