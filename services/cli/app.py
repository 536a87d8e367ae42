"""The command line. Exit codes: 0 done; 1 it was tried and did not work out; 2 called or set up wrongly."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="chokepoint",
    help="Early warning for critical-mineral supply: events in, signed alerts out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
DataDir = Annotated[Path, typer.Option(envvar="DATA_DIR", help="Where the running system keeps its state.")]
Json = Annotated[bool, typer.Option("--json", help="JSON lines for programs instead of text for people.")]


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
        bool, typer.Option(help="The same, for a sample customer that is made if it is not there.")
    ] = False,
    data_dir: DataDir = Path(".data"),
    as_json: Json = False,
) -> None:
    """Receive webhooks here: verify each signature and print what it says."""
    from services.cli.listen import listen_for

    raise typer.Exit(
        listen_for(
            secret or [], port, "sample-motors" if sample else customer, data_dir, sample=sample, as_json=as_json
        )
    )


@app.command()
def topics() -> None:
    """Create the topics that are missing on the broker, and check the ones that are there."""
    from shared.kafka.topics import ensure_topics
    from shared.settings import KafkaSettings

    settings = KafkaSettings()
    asyncio.run(ensure_topics(settings.kafka_bootstrap_servers, settings.partitions))


def main() -> None:
    from services.cli.failure import reported

    with reported():
        app()
