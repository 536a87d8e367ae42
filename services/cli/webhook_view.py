"""How a verified webhook looks on a terminal."""

from pydantic import ValidationError
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from services.cli.answering import TAKEN
from services.cli.receiver import Received
from shared.contracts.alerts import AlertData

COLOURS = {"info": "cyan", "warning": "yellow", "high": "dark_orange", "critical": "bold red"}


def shown(received: Received) -> RenderableType:
    return panel_of(received) if received.answered == TAKEN else _refusal(received)


def panel_of(received: Received) -> RenderableType:
    try:
        alert = AlertData.model_validate(received.body["data"])
    except ValidationError:
        return Panel(Text(str(received.body["data"])), title=str(received.body["type"]), subtitle=_footer(received))
    colour = COLOURS[alert.severity]
    lines = [Text(alert.title, style="bold"), Text(alert.summary), *_headline(alert), *_evidence(alert)]
    title = f"[{colour}]#{alert.sequence} {alert.severity.upper()}[/] {received.body['type']} · {alert.customer_id}"
    return Panel(Group(*lines), title=title, title_align="left", border_style=colour, subtitle=_footer(received))


def _headline(alert: AlertData) -> list[Text]:
    facts = []
    if alert.score is not None:
        before = f" (was {alert.previous_score:.1f})" if alert.previous_score is not None else ""
        facts.append(f"score {alert.score:.1f}{before}")
    if alert.headline.stockout_on:
        facts.append(f"stock-out {alert.headline.stockout_on:%d %B %Y}")
    if alert.headline.probability is not None:
        facts.append(f"{alert.headline.probability:.0%} within 30 days")
    return [Text(" · ".join(facts), style="magenta")] if facts else []


def _evidence(alert: AlertData) -> list[Text]:
    return [Text(f"“{item.text}” — {item.source}", style="dim italic") for item in alert.evidence]


def _refusal(received: Received) -> Text:
    """One line: the message itself comes when it is taken."""
    number = f" #{received.sequence}" if received.sequence is not None else ""
    return Text.assemble(
        (f"answered {received.answered} on purpose", "bold yellow"),
        f"{number} {received.body['type']} ",
        (f"verified {received.message_id} · attempt {received.attempt}", "dim"),
    )


def _footer(received: Received) -> str:
    retried = f" · attempt {received.attempt}" if received.attempt > 1 else ""
    return f"[green]verified[/] {received.message_id}{retried}{' · replay' if received.replay else ''}"
