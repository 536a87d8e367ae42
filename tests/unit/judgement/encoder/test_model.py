"""The encoder as it is shipped: it loads where its base is, says what is wrong where it is not, and reads."""

import json
from pathlib import Path

import numpy as np
import pytest

from shared.domain.judgement.encoder import base as bases
from shared.domain.judgement.encoder import model
from shared.domain.judgement.encoder.base import NoBase
from shared.domain.judgement.encoder.reader import encoder_reader
from shared.domain.judgement.judge import judge
from shared.errors import ChokepointError
from tests.unit.judgement.encoder.the_base import shipped
from tests.unit.judgement.texts import news


def test_it_is_shipped_in_half_precision_with_what_it_was_made_of() -> None:
    manifest = json.loads(model.MANIFEST.read_text("utf-8"))
    assert {"version", "base", "corpus", "recipe", "beside", "limits"} <= manifest.keys()
    with np.load(model.FILE) as kept:
        assert {kept[name].dtype for name in kept.files} == {np.dtype(np.float16)}
    assert model.FILE.stat().st_size < 4_000_000


@pytest.mark.parametrize(
    ("title", "body", "asserted"),
    [
        ("China imposes export controls on gallium", "From 1 August exporters must obtain a licence.", "asserted"),
        ("Japan may curb gallium exports", "Officials are considering it, sources said.", "speculated"),
    ],
)
def test_it_reads_what_is_done_and_whether_it_was(title: str, body: str, asserted: str) -> None:
    told = judge(news(title, body), "e", shipped())
    assert told.classifier.startswith("encoder@")
    assert (told.signals[0].type, told.signals[0].asserted) == ("control_imposed", asserted)


def test_football_is_no_signal() -> None:
    assert judge(news("Arsenal beat Chelsea", "Two goals decided the match."), "e", shipped()).signals == ()


def test_the_same_text_is_judged_the_same() -> None:
    text = news("China bans exports of antimony", "The ministry announced the ban on Monday.")
    fresh = encoder_reader(model.load())
    assert judge(text, "e", shipped()) == judge(text, "e", fresh)


def test_another_base_is_refused(tmp_path: Path) -> None:
    other = tmp_path / bases.FILENAME
    other.write_bytes(b"another model")
    with pytest.raises(NoBase, match="not the model that the adapters were learned on"):
        model.load(base=other)


def test_without_the_package_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bases, "PACKAGE", "no_such_package")
    with pytest.raises(NoBase, match="is not installed"):
        bases.find()


@pytest.mark.parametrize("content", [None, b"", b"{"], ids=["missing", "empty", "cut off"])
def test_a_damaged_manifest_is_named(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "encoder.json").write_bytes(content)
    with pytest.raises(ChokepointError, match=r"encoder.json cannot be read"):
        model.load(tmp_path / "encoder.npz")
