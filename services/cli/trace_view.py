"""How the way of an event looks on a terminal: a tree, stage by stage, with times."""

from collections.abc import Iterator
from datetime import datetime

from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from services.cli.webhook_view import COLOURS
from shared.contracts.signals import Signal
from shared.contracts.traces import Accepted, DeliveryTold, MeasureMove, MessageTold, ScoreMove, Trace

BANDS = {"low": "green", "guarded": "cyan", "elevated": "yellow", "high": "dark_orange", "severe": "bold red"}
STATES = {"delivered": "green", "due": "yellow", "dead": "bold red", "cancelled": "dim", "collapsed": "dim"}


def tree_of(trace: Trace) -> Tree:
    whose = f" · for customer [bold]{escape(trace.customer_id)}[/]" if trace.customer_id else ""
    tree = Tree(f"event [cyan]{escape(trace.event_id)}[/]{whose}", guide_style="dim")
    add_stages(tree, trace)
    return tree


def add_stages(tree: Tree, trace: Trace) -> None:
    for stage, texts in _stages(trace):
        for text in texts:
            tree.add(line(stage, text))
    for message in trace.messages:
        branch = tree.add(line("message", _message(message)))
        for delivery in message.deliveries:
            branch.add(line("delivery", _delivery(delivery, _began(trace))))
    _count_rest(tree, trace)
    for reason in trace.reasons:
        tree.add(line("why", escape(reason.text), "yellow"))


def line(label: str, text: str, style: str = "dim") -> Table:
    """Text that is too long goes on under its own beginning."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=8, style=style)
    grid.add_column(overflow="fold")
    grid.add_row(label, text)
    return grid


def _stages(trace: Trace) -> Iterator[tuple[str, list[str]]]:
    yield "accepted", [_accepted(accepted) for accepted in trace.accepted]
    yield "read", [f"by {trace.classifier}"] if trace.classifier else []
    yield "signal", [_signal(signal) for signal in trace.signals]
    yield "dropped", [f"{plain(one.type)}: {escape(one.reason)}" for one in trace.dropped]
    yield "measure", [_measure(move) for move in trace.measures]
    yield "score", [_score(move) for move in trace.scores]


def _accepted(accepted: Accepted) -> str:
    title = f" “{escape(accepted.title)}”" if accepted.title else ""
    source = f" from {escape(accepted.source)}" if accepted.source else ""
    history = " · history" if accepted.history else ""
    return f"{clock(accepted.accepted_at)} · {plain(accepted.kind)}{title}{source}{history}"


def _signal(signal: Signal) -> str:
    said = f"{signal.asserted}, {signal.novelty or 'judged'}, confidence {signal.confidence:.2f}"
    if signal.review:
        said += f", {signal.review.verdict} by {escape(signal.review.by)}"
    quotes = [f"\n[italic dim]“{escape(evidence.text)}”[/]" for evidence in signal.evidence]
    return f"[bold]{plain(signal.type)}[/] of {escape(', '.join(signal.materials))} · {said}{''.join(quotes)}"


def _measure(move: MeasureMove) -> str:
    before = plain(move.before.state) if move.before else "not known"
    belief = f" · belief {move.before.belief:.2f} → {move.after.belief:.2f}" if move.before else ""
    return f"[bold]{escape(move.ref)}[/] {before} → [bold]{plain(move.after.state)}[/]{belief}"


def _score(move: ScoreMove) -> str:
    before, after = (
        f"[{BANDS[seen.band]}]{seen.score:.1f} {seen.band}[/]" if seen else "none" for seen in (move.before, move.after)
    )
    return f"{escape(move.customer_id)} · {move.material} {before} → {after}"


def _message(message: MessageTold) -> str:
    number = f"#{message.sequence} " if message.sequence else ""
    whom = f"{escape(message.customer_id)} · " if message.customer_id else "operators · "
    grave = f" [{COLOURS[message.severity]}]{message.severity}[/]" if message.severity else ""
    alert = f"\n[dim]alert {message.alert_id}[/]" if message.alert_id else ""
    return f"{whom}{number}{message.type}{grave} · {escape(message.title)}{alert}"


def _delivery(delivery: DeliveryTold, began: datetime | None) -> str:
    answer = f" {delivery.status}" if delivery.status else ""
    error = f" · {escape(delivery.error)}" if delivery.error else ""
    tries = f", {delivery.attempts} attempts" if delivery.attempts > 1 else ""
    after = f" · {(delivery.last_at - began).total_seconds():.3f} s after acceptance" if began else ""
    state = f"[{STATES[delivery.state]}]{delivery.state}{answer}[/]"
    return f"{state} at {escape(delivery.endpoint_id)}{tries}{after}{error}"


def _began(trace: Trace) -> datetime | None:
    """Deliveries are timed by real time, as `received_at` is."""
    return next((one.received_at for one in trace.accepted if one.received_at), None)


def _count_rest(tree: Tree, trace: Trace) -> None:
    for more, what in ((trace.scores_more, "scores"), (trace.messages_more, "messages")):
        if more:
            tree.add(f"[dim]… and {more} more {what}[/]")


def plain(name: str) -> str:
    return name.replace("_", " ")


def clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}Z"
