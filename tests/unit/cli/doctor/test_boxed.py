"""Java, the jars, PostgreSQL."""

import hashlib
import sys
from pathlib import Path

from services.cli.box.jars import Pin
from services.cli.doctor.boxed import jars, runs

JAR = b"classes"


def pin(name: str) -> Pin:
    return Pin(hashlib.sha256(JAR).hexdigest(), "org.example", name, "1")


def test_jars_are_there_as_pinned_or_missing_or_others(tmp_path: Path) -> None:
    pins = [pin("one"), pin("two")]
    assert jars(pins, tmp_path).state == "odd", "a first start fetches them"
    for each in pins:
        (tmp_path / each.filename).write_bytes(JAR)
    assert jars(pins, tmp_path).state == "well"
    (tmp_path / "two-1.jar").write_bytes(b"other classes")
    wrong = jars(pins, tmp_path)
    assert wrong.state == "broken"
    assert str(tmp_path / "two-1.jar") in wrong.found
    assert "one-1.jar" not in wrong.found


def test_a_program_that_runs_says_its_version_and_one_that_does_not_why() -> None:
    assert runs("Python", (sys.executable, "--version")).found.startswith("Python 3")
    assert "does not run" in runs("Java", ("/nowhere/java", "-version")).found
    failed = runs("Python", (sys.executable, "-c", "import sys; sys.exit('no such library')"))
    assert (failed.state, "no such library" in failed.found) == ("broken", True)
