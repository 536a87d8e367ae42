"""The command line: what may be said, and no more; each command is a module of its own."""

import os
from pathlib import Path
from typing import Annotated

import typer

from services.cli.answering import Manners, seconds
from services.cli.exit_codes import EPILOG
from shared.version import VERSION

app = typer.Typer(
    name="chokepoint",
    help="Early warning for critical-mineral supply: events in, signed alerts out.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
DataDir = Annotated[
    Path,
    typer.Option(envvar=["DATA_DIR", "CHOKEPOINT_DATA_DIR"], help="Where the running system keeps its state."),
]
Json = Annotated[bool, typer.Option("--json", help="JSON lines for programs instead of text for people.")]


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"chokepoint {VERSION}")
        raise typer.Exit


@app.callback()
def chokepoint(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_show_version)
    ] = False,
) -> None: ...


@app.command()
def run() -> None:
    """Start everything on this machine: Kafka, PostgreSQL, every service. Ctrl-C ends it."""
    from services.cli.run import run as start

    raise typer.Exit(start())


@app.command()
def demo(
    picture: Annotated[
        Path, typer.Option(help="Where the picture of the run goes (SVG); the services' log goes beside it.")
    ] = Path(".data/demo.svg"),
) -> None:
    """Three made-up buyers live through the export controls of 2023 to 2026. Exit code 1 where a webhook is missing."""
    from services.cli.demo.demo import demo as show

    raise typer.Exit(show(picture))


@app.command()
def post(
    file: Annotated[
        Path, typer.Argument(help="JSON, a JSON array or NDJSON; - reads standard input.", allow_dash=True)
    ],
    data_dir: DataDir = Path(".data"),
    as_json: Json = False,
) -> None:
    """Post events, and say of each what became of it. Exit code 1 where one was rejected."""
    from services.cli.post import post_file

    raise typer.Exit(post_file(file, data_dir, as_json=as_json))


@app.command()
def classify(
    file: Annotated[
        Path, typer.Argument(help="A news event in JSON, or plain text; - reads standard input.", allow_dash=True)
    ],
    data_dir: DataDir = Path(".data"),
    as_json: Json = False,
) -> None:
    """What would be read from a text, and on which words it rests; nothing is stored. Exit code 1 for no signal."""
    from services.cli.classify import classify_file

    raise typer.Exit(classify_file(file, data_dir, as_json=as_json))


@app.command()
def listen(
    secret: Annotated[
        list[str] | None,
        typer.Option(envvar="CHOKEPOINT_WEBHOOK_SECRET", help="The endpoint's whsec_…; twice while one is rotated."),
    ] = None,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = 8080,
    customer: Annotated[
        str | None,
        typer.Option(help="Register an endpoint for this customer at the running system, for as long as this listens."),
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="The same, for a sample customer that is made if it is not there.")
    ] = False,
    fail: Annotated[
        int | None, typer.Option(help="Answer this status on purpose (503, 429, 410 …).", min=300, max=599)
    ] = None,
    rate: Annotated[
        float, typer.Option(help="To this share of the requests, where --fail is given.", min=0, max=1)
    ] = 1,
    slow: Annotated[
        float, typer.Option(help="Wait so long before each answer: 2s, 500ms.", parser=seconds, metavar="DURATION")
    ] = 0,
    retry_after: Annotated[int | None, typer.Option(help="Seconds, sent along with --fail.", min=0)] = None,
    seed: Annotated[int | None, typer.Option(help="Refuse the same requests of a sequence each time.")] = None,
    data_dir: DataDir = Path(".data"),
    as_json: Json = False,
) -> None:
    """Receive webhooks here: verify each signature and print what it says. Exit code 1 where one did not verify."""
    from services.cli.listen import listen_for
    from services.cli.listen_view import People, Programs

    manners = Manners(fail=fail, rate=rate, slow_s=slow, retry_after_s=retry_after, seed=seed)
    whose = "sample-motors" if sample else customer
    view = Programs() if as_json else People()
    raise typer.Exit(listen_for(secret or [], port, whose, data_dir, sample=sample, manners=manners, view=view))


@app.command()
def explain(
    id_: Annotated[str, typer.Argument(metavar="ID", help="Of an alert, or of an event.")],
    customer: Annotated[
        str | None, typer.Option(help="Of an event, this customer's part, and why it was told nothing.")
    ] = None,
    data_dir: DataDir = Path(".data"),
    as_json: Json = False,
) -> None:
    """Why an alert fired, or what became of an event, stage by stage."""
    from services.cli.explain import explain_id

    raise typer.Exit(explain_id(id_, customer, data_dir, as_json=as_json))


@app.command()
def backtest(
    data_dir: DataDir = Path(".data"),
    picture: Annotated[Path, typer.Option(help="Where the picture goes (SVG).")] = Path(".data/backtest.svg"),
    as_json: Json = False,
) -> None:
    """How long before each control since 2023 bit would five made-up buyers have been told? Exit code 1 if never."""
    from services.cli.backtest.backtest import backtest as live_through

    raise typer.Exit(live_through(data_dir, picture, as_json=as_json))


@app.command()
def doctor(data_dir: DataDir = Path(".data"), as_json: Json = False) -> None:
    """What is wrong with this set-up, or the system that runs in it, and what to do. Exit code 1 where it is broken."""
    from services.cli.doctor.doctor import doctor as examine

    raise typer.Exit(examine({**os.environ, "DATA_DIR": str(data_dir)}, as_json=as_json))


@app.command()
def reseal(data_dir: DataDir = Path(".data"), as_json: Json = False) -> None:
    """Seal every signing secret anew under the newest of CHOKEPOINT_SECRET_KEYS. Exit code 1 where one cannot be."""
    from services.cli.reseal import reseal_all

    raise typer.Exit(reseal_all(data_dir, as_json=as_json))


@app.command()
def topics() -> None:
    """Create the topics that are missing on the broker, and check the ones that are there."""
    from services.cli.topics import create_topics

    create_topics()


@app.command(name="dead-letters")
def dead_letters(
    topic: Annotated[str, typer.Argument(help="Whose: world, ledger, events.news …")],
    put_back: Annotated[
        bool, typer.Option("--put-back", help="Write those that wait back to the topic, as they were, once.")
    ] = False,
    as_json: Json = False,
) -> None:
    """What of a topic could not be understood, and why. Kafka is found by KAFKA_BOOTSTRAP_SERVERS."""
    from services.cli.dead_letters import dead_letters as see_to

    raise typer.Exit(see_to(topic, put_back=put_back, as_json=as_json))


def main() -> None:
    from services.cli.failure import reported

    with reported():
        app()
