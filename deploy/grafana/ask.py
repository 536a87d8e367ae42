"""Asks a Prometheus what a panel shows."""

import json
import math
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TypedDict
from urllib.parse import urlencode, urlsplit

from deploy.grafana.panel import Panel, Query


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    points: tuple[tuple[float, float], ...]
    """Seconds since 1970, and the value."""

    @property
    def last(self) -> float:
        return self.points[-1][1]


class _Found(TypedDict, total=False):
    metric: dict[str, str]
    value: tuple[float, str]
    values: list[tuple[float, str]]


def answer(prometheus: str, panel: Panel, start: float, end: float, points: int = 120) -> list[Series]:
    """What is no number is left out: nothing was divided by nothing."""
    step = max(1, round((end - start) / points))
    found: list[Series] = []
    for query in panel.queries:
        if panel.shape in {"bars", "number"}:
            found += _series(_get(prometheus, "query", query=query.expr, time=end), query)
        else:
            found += _series(_get(prometheus, "query_range", query=query.expr, start=start, end=end, step=step), query)
    return found


def _get(prometheus: str, path: str, **asked: object) -> list[_Found]:
    """:raises RuntimeError: with Prometheus's own words."""
    place = urlsplit(prometheus)
    connection = HTTPConnection(place.hostname or "127.0.0.1", place.port, timeout=30)
    try:
        connection.request("GET", f"/api/v1/{path}?{urlencode(asked)}")
        said = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    if said["status"] != "success":
        raise RuntimeError(f"{asked['query']}: {said['error']}")
    result: list[_Found] = said["data"]["result"]
    return result


def _series(result: list[_Found], query: Query) -> list[Series]:
    found: list[Series] = []
    for each in result:
        values = each.get("values") or [each["value"]]
        points = tuple((float(at), float(value)) for at, value in values if math.isfinite(float(value)))
        if points:
            found.append(Series(_named(query.legend, each["metric"]), points))
    return found


def _named(legend: str, labels: dict[str, str]) -> str:
    for label, value in labels.items():
        legend = legend.replace(f"{{{{{label}}}}}", value)
    return legend
