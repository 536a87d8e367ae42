"""`chokepoint explain`: why an alert fired, or what became of an event."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from services.cli.exit_codes import Exit
from services.cli.trace_view import add_stages, clock, line, plain, tree_of
from services.cli.webhook_view import COLOURS
from shared.catalog.countries import zone
from shared.client import Client, Connection, Problem
from shared.contracts.base import to_json
from shared.contracts.risk import Input
from shared.contracts.traces import Explanation, Revision, ScoreMove, ScoreSeen, Trace

NOT_FOUND = 404


def explain_id(id_: str, customer: str | None, data_dir: Path, *, as_json: bool) -> int:
    """Of an alert; or of an event, where no alert has this id. `customer`: only this customer's part of an event."""
    with Client(Connection.find(data_dir)) as client:
        found = _found(client, id_, customer)
    if as_json:
        print(to_json(found).decode())  # noqa: T201
    else:
        Console(highlight=False).print(view_of(found))
    return Exit.DONE


def _found(client: Client, id_: str, customer: str | None) -> Explanation | Trace:
    """An event is asked for first: of an alert that it does not know, control waits whether it comes."""
    try:
        return client.trace(id_, customer)
    except Problem as no_event:
        if customer is not None or no_event.status != NOT_FOUND:
            raise
        try:
            return client.explain(id_)
        except Problem as no_alert:
            raise (no_event if no_alert.status == NOT_FOUND else no_alert) from None


def view_of(found: Explanation | Trace) -> RenderableType:
    return tree_of(found) if isinstance(found, Trace) else Group(*_explained(found))


def _explained(found: Explanation) -> Iterator[RenderableType]:
    alert = found.alert
    colour = COLOURS[alert.severity]
    yield Panel(
        Group(Text(alert.title, style="bold"), Text(alert.summary)),
        title=f"[{colour}]{alert.severity.upper()}[/] {alert.status} · {escape(alert.customer_id)}",
        title_align="left",
        subtitle=f"[dim]alert {alert.id}[/]",
        border_style=colour,
    )
    tree = Tree(
        f"about [bold]{plain(found.cause or 'what is no longer known')} {escape(found.about or '')}[/]",
        guide_style="dim",
    )
    if found.revisions_more:
        tree.add(f"[dim]… {found.revisions_more} earlier messages[/]")
    for revision in found.revisions:
        _add_revision(tree, revision)
    yield tree
    for move in _last_scores(found):
        yield from _tables(move)
    yield from _rests_on(found)
    held = " · ".join(f"{name} = {escape(' or '.join(values))}" for name, values in found.silenced_by.items())
    yield Text.from_markup(f"[dim]a silence on any of these would have held it back:[/] {held}")


def _add_revision(tree: Tree, revision: Revision) -> None:
    grave = f"[{COLOURS[revision.severity]}]{revision.severity}[/]"
    branch = tree.add(f"[bold]#{revision.sequence}[/] {revision.type} {grave} · {clock(revision.at)}")
    rule = f"({revision.rule.code}) " if len(revision.rule.code) == 1 else ""
    branch.add(line("rule", rule + revision.rule.text))
    if revision.severity_because:
        branch.add(line(revision.severity, f"because {escape('; '.join(revision.severity_because))}"))
    if revision.trace:
        add_stages(branch.add(line("event", f"[cyan]{escape(revision.trace.event_id)}[/]")), revision.trace)


def _last_scores(found: Explanation) -> tuple[ScoreMove, ...]:
    """Of the newest message that moved any."""
    moves = (revision.trace.scores for revision in reversed(found.revisions) if revision.trace)
    return next((scores for scores in moves if scores), ())


def _tables(move: ScoreMove) -> Iterator[Table]:
    before, after = _contributions(move.before), _contributions(move.after)
    table = Table("driver", title=f"Score of {move.material}", title_justify="left", box=None, padding=(0, 2))
    for column in ("before", "after"):
        table.add_column(column, justify="right")
    for label in {**after, **before}:
        table.add_row(escape(label), *(f"{side[label]:.1f}" if label in side else "–" for side in (before, after)))
    totals = (f"{seen.score:.1f}" if seen else "–" for seen in (move.before, move.after))
    table.add_row("[bold]score[/]", *(f"[bold]{total}[/]" for total in totals))
    yield table
    if changed := _changed(move):
        inputs = Table(
            "input",
            "before",
            "after",
            "from",
            title="Inputs that changed",
            title_justify="left",
            box=None,
            padding=(0, 2),
        )
        for row in changed:
            inputs.add_row(*row)
        yield inputs


def _contributions(seen: ScoreSeen | None) -> dict[str, float]:
    return {driver.label: driver.contribution for driver in (seen.drivers if seen else None) or ()}


def _changed(move: ScoreMove) -> list[tuple[str, str, str, str]]:
    before, after = ((seen.inputs if seen else None) or {} for seen in (move.before, move.after))
    return [
        (plain(name), _value(before.get(name)), _value(now), escape(now.source))
        for name, now in after.items()
        if before.get(name) is None or before[name].value != now.value
    ]


def _value(given: Input | None) -> str:
    return "–" if given is None or given.value is None else escape(str(given.value))


def _rests_on(found: Explanation) -> Iterator[Tree]:
    tree = Tree("rests on", guide_style="dim")
    for measure in found.measures:
        branch = tree.add(f"[bold]{escape(measure.ref)}[/] {escape(measure.title)} · {plain(measure.state)} today")
        for evidence in measure.evidence:
            published = evidence.published_at.astimezone(zone(measure.issuer))  # a notice is of its issuer's day
            branch.add(f"{escape(evidence.source)}, {published:%Y-%m-%d} · {evidence.asserted}")
    for signal in found.signals:
        branch = tree.add(
            f"[bold]{plain(signal.type)}[/] by {escape(signal.source.name)}, {signal.published_at:%Y-%m-%d}"
        )
        for quote in signal.evidence:
            branch.add(f"[italic]“{escape(quote.text)}”[/]")
    if tree.children:
        yield tree
