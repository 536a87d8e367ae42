"""`chokepoint demo`: from nothing to the last line, `verified n`."""

import asyncio
import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx2
from rich.console import Console
from rich.status import Status

from services.cli.demo import closing, picture, view
from services.cli.demo.instance import Backstage, prepared, running
from services.cli.demo.listening import listening
from services.cli.demo.stage import Stage
from services.cli.demo.story import measures, scenes
from services.cli.demo.told import Journal
from services.cli.supervisor.asked_to_stop import AskedToStop
from services.cli.system import System
from shared.client import Client
from shared.errors import ChokepointError


@dataclass(frozen=True, slots=True)
class Outcome:
    journal: Journal
    missing: list[str]


def demo(picture_path: Path) -> int:
    """Exit code 0: everything that was expected came and verified; 1: something is missing, and it says what."""
    console = view.console_for()
    console.print(view.introduction())
    picture_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    picture_path.unlink(missing_ok=True)
    log_path = picture_path.with_suffix(".log")
    with ExitStack() as stack:
        log = stack.enter_context(log_path.open("w"))
        status = stack.enter_context(console.status("starting Kafka, PostgreSQL and six services"))
        backstage = Backstage(log, lambda doing: status.update(f"starting the system: {doing}"))
        system = stack.enter_context(prepared(os.environ, backstage))
        outcome = asyncio.run(_unless_asked_to_stop(Run(system, console, status, picture_path)))
    files = {"picture": picture_path, "log of the services": log_path}
    if outcome.missing:
        console.print(view.last_words(backstage.errors.values()))
    console.print(view.verdict(outcome.missing, {what: path for what, path in files.items() if path.exists()}))
    console.print(f"verified {len(outcome.journal.told)}")
    return 1 if outcome.missing else 0


@dataclass(frozen=True, slots=True)
class Run:
    system: System
    console: Console
    status: Status
    picture_path: Path


async def _unless_asked_to_stop(run: Run) -> Outcome:
    asked = AskedToStop(on_second=run.system.supervisor.kill)
    outcome = Outcome(Journal(), [])
    showing = asyncio.create_task(_show(run, outcome))
    try:
        if await asked.before(showing):
            await showing
        else:
            outcome.missing.append("the rest of the story: it was asked to stop")
    except (ChokepointError, httpx2.TransportError) as error:
        outcome.missing.append(f"the rest of the story: {error}")
    finally:
        showing.cancel()
        await asyncio.wait({showing})
    return outcome


async def _show(run: Run, outcome: Outcome) -> None:
    async with listening() as receiver, running(run.system) as connection:
        run.status.stop()
        with Client(connection) as client, view.progress_for(run.console) as progress:
            stage = Stage(client, receiver, run.console, progress, outcome.journal)
            await stage.set_up()
            try:
                await _play(stage, outcome)
            except (ChokepointError, httpx2.TransportError) as error:
                outcome.missing.append(f"the story after {view.spoken(stage.today)}: {error}")
            outcome.missing.extend(await stage.settle())
            concerning = [measure for measure in await asyncio.to_thread(stage.measures) if measure.ref in measures()]
            drawn = picture.draw(concerning, stage.samples, stage.journal.told)
        run.picture_path.write_text(drawn)
        run.console.print()
        run.console.print(closing.table_of(closing.rows(outcome.journal)))
        run.console.print(view.counts(outcome.journal))
        run.console.print(view.promptness(stage.article_told_s))
        run.status.update("stopping the system")
        run.status.start()


async def _play(stage: Stage, outcome: Outcome) -> None:
    for scene in scenes():
        if stage.receiver.ended.is_set():
            outcome.missing.append(f"the story after {view.spoken(stage.today)}: the receiver ended")
            return
        await stage.play(scene)
