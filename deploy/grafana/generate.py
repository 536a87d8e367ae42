"""Writes the dashboards that Grafana loads: `make dashboards`. The same boards give the same bytes."""

from collections.abc import Callable
from pathlib import Path

from grafana_foundation_sdk.builders import bargauge, common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import (
    BarGaugeDisplayMode,
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
    TooltipDisplayMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    DataSourceRef,
    GridPos,
    Threshold,
    ThresholdsMode,
)

from deploy.grafana.boards import BOARDS
from deploy.grafana.panel import Board, Panel, Query, Shape

PLACE = Path(__file__).parent / "dashboards"
SOURCE = DataSourceRef(type_val="prometheus", uid="prometheus")
WIDTH, HEIGHT, COLUMNS = 12, 8, 2
Visual = timeseries.Panel | bargauge.Panel | stat.Panel


def dashboard_of(board: Board) -> str:
    built = (
        dashboard.Dashboard(board.title)
        .uid(board.uid)
        .description(board.about)
        .tags(["chokepoint"])
        .timezone("utc")
        .time("now-6h", "now")
        .refresh("30s")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .readonly()
        .link(
            dashboard.DashboardLink("Chokepoint")
            .type(DashboardLinkType.DASHBOARDS)
            .tags(["chokepoint"])
            .keep_time(True)
        )
    )
    for number, panel in enumerate(board.panels):
        place = GridPos(h=HEIGHT, w=WIDTH, x=number % COLUMNS * WIDTH, y=number // COLUMNS * HEIGHT)
        built = built.with_panel(_visual(panel).id(number + 1).grid_pos(place))
    return JSONEncoder(sort_keys=True, indent=2).encode(built.build()) + "\n"


def _visual(panel: Panel) -> Visual:
    instant = panel.shape in {"bars", "number"}
    visual = _SHAPES[panel.shape]()
    if not panel.below_zero:
        visual.min(0)
    visual = (
        visual.title(panel.question)
        .description(panel.means)
        .datasource(SOURCE)
        .unit(panel.unit)
        .thresholds(_thresholds(panel))
        .no_value(panel.may_be_empty or "nothing")
    )
    for number, query in enumerate(panel.queries):
        visual = visual.with_target(_target(query, chr(ord("A") + number), instant=instant))
    return visual


def _target(query: Query, ref: str, *, instant: bool) -> prometheus.Dataquery:
    target = prometheus.Dataquery().expr(query.expr).legend_format(query.legend).ref_id(ref)
    return target.instant() if instant else target.range()


def _thresholds(panel: Panel) -> dashboard.ThresholdsConfig:
    """Each step holds from its value on; the first has none."""
    well = Threshold(color="green", value=panel.worry_below)
    steps = [well] if panel.worry_below is None else [Threshold(color="red", value=None), well]
    if panel.worry_from is not None:
        steps.append(Threshold(color="red", value=panel.worry_from))
    return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)


def _lines() -> timeseries.Panel:
    legend = common.VizLegendOptions().display_mode(LegendDisplayMode.TABLE).placement(LegendPlacement.BOTTOM)
    return (
        timeseries.Panel()
        .line_width(1.5)
        .legend(legend.show_legend(True).calcs(["lastNotNull", "max"]))
        .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
    )


def _stack() -> timeseries.Panel:
    return _lines().fill_opacity(40).stacking(common.StackingConfig().mode(StackingMode.NORMAL))


def _bars() -> bargauge.Panel:
    now = common.ReduceDataOptions().calcs(["lastNotNull"])
    bars = bargauge.Panel().orientation(VizOrientation.HORIZONTAL).display_mode(BarGaugeDisplayMode.BASIC)
    return bars.reduce_options(now)


_SHAPES: dict[Shape, Callable[[], Visual]] = {"lines": _lines, "stack": _stack, "bars": _bars, "number": stat.Panel}


def file_of(board: Board) -> Path:
    return PLACE / f"{board.uid.removeprefix('chokepoint-')}.json"


if __name__ == "__main__":
    PLACE.mkdir(exist_ok=True)
    for each in BOARDS:
        file_of(each).write_text(dashboard_of(each))
