"""Every jar is the one that was pinned, or the start ends."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from services.cli.box import jars
from services.cli.box.jars import JarError, Pin, class_path, ensure_jars, read_pins

HONEST = b"what was pinned"
PIN = Pin(hashlib.sha256(HONEST).hexdigest(), "org.example", "thing", "1.0")


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], list[Pin]]:
    """Every jar has these bytes; the list fills with what was asked for."""

    def begin(content: bytes) -> list[Pin]:
        asked: list[Pin] = []

        def fetcher(scratch: Path) -> Callable[[Pin], Path]:
            def fetch(pin: Pin) -> Path:
                asked.append(pin)
                (scratch / "fetched").write_bytes(content)
                return scratch / "fetched"

            return fetch

        monkeypatch.setattr(jars, "_fetcher", fetcher)
        return asked

    return begin


def test_the_pins_are_a_whole_kafka_with_a_voice() -> None:
    pins = read_pins()
    assert all(re.fullmatch(r"[0-9a-f]{64}", pin.sha256) for pin in pins)
    assert len({pin.filename for pin in pins}) == len(pins)
    assert {"kafka_2.13-4.4.0.jar", "slf4j-simple-1.7.36.jar"} <= {pin.filename for pin in pins}


def test_a_jar_is_fetched_once(tmp_path: Path, serve: Callable[[bytes], list[Pin]]) -> None:
    asked = serve(HONEST)
    for _ in range(2):
        ensure_jars([PIN], tmp_path, lambda *_: None)
    assert asked == [PIN]
    assert class_path([PIN], tmp_path)[0].read_bytes() == HONEST


def test_another_jar_than_the_pinned_one_is_refused_and_not_kept(
    tmp_path: Path, serve: Callable[[bytes], list[Pin]]
) -> None:
    serve(b"something else")
    with pytest.raises(JarError, match=r"thing-1\.0\.jar is not the jar that was pinned"):
        ensure_jars([PIN], tmp_path, lambda *_: None)
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_progress_counts_up_to_the_end(tmp_path: Path, serve: Callable[[bytes], list[Pin]]) -> None:
    serve(HONEST)
    told: list[tuple[str, int, int]] = []
    ensure_jars([PIN], tmp_path, lambda *step: told.append(step))
    assert told == [("thing-1.0.jar", 0, 1), ("", 1, 1)]
