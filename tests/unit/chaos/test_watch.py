"""When an alert fired and when it was over, from what Prometheus says second by second."""

from tests.chaos.watch import Alerts, firing_in


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
    assert alerts.firing() == []


def test_one_that_fired_before_the_cause_is_not_its_alert() -> None:
    alerts = seen({"A"}, {"A"}, {"A"})
    assert alerts.fired("A", since=1) is None
    assert alerts.resolved("A", since=1) is None
    assert alerts.firing() == ["A"]


def test_one_that_fires_again_is_another_story() -> None:
    alerts = seen({"A"}, set(), {"A"})
    assert alerts.resolved("A", since=0) == 1
    assert alerts.resolved("A", since=2) is None
    assert alerts.fired("A", since=1) == 2


def test_an_alert_fires_as_long_as_it_does_on_any_job() -> None:
    alerts = seen(set(), {"A one"}, {"A one", "A two"}, {"A two"}, set())
    assert (alerts.fired("A", since=0), alerts.resolved("A", since=2)) == (1, 4)
    assert (alerts.fired("A two", since=0), alerts.resolved("A one", since=2)) == (2, 3)


def test_what_else_fired() -> None:
    assert seen({"A"}, {"A", "B"}, {"C"}).fired_between(1, 2) == {"B": 1}


def test_an_alert_is_named_by_what_it_is_about() -> None:
    answer = [
        {"state": "firing", "labels": {"alertname": "ServiceDown", "job": "scorer"}},
        {"state": "pending", "labels": {"alertname": "NotReady", "job": "scorer"}},
        {"state": "firing", "labels": {"alertname": "TimeStandsStill"}},
        {"state": "firing", "labels": {"alertname": "Watchdog"}},
    ]
    assert firing_in(answer) == {"ServiceDown scorer", "TimeStandsStill"}
