"""How fast a classifier reads, on one thread, and what it needs: in process, as `judge` is called by the loop."""

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from statistics import median, quantiles
from typing import Final

from bench.results import Result
from services.classifier.reader import choose
from services.classifier.settings import ClassifierSettings
from shared.contracts.events import News, Source
from shared.domain.judgement.judge import judge
from shared.domain.judgement.reader import Reader

RUNS: Final = 3
RELEVANT: Final = (
    "{country} will require a licence for every export of {material} from {day} March, its commerce ministry said on "
    "Monday in notice No. {day}, citing national security; buyers in {other} said that they had been told to expect "
    "delays of up to {day} weeks."
)
IRRELEVANT: Final = (
    "{other} beat {country} {day}-1 on Saturday before a crowd of {day},000; the coach praised the defence and said "
    "that the team had earned its place in the next round, which begins on {day} May in the capital with a home match."
)
COUNTRIES: Final = ("China", "Indonesia", "Japan", "Germany", "Chile", "Korea", "Canada", "Australia")
MATERIALS: Final = ("gallium", "germanium", "antimony", "dysprosium", "tungsten", "graphite", "cobalt", "terbium")

_START: Final = """
import json, sys, time
begun = time.monotonic()
from bench.classify import texts, RELEVANT
from services.classifier.reader import choose
from services.classifier.settings import ClassifierSettings
from shared.domain.judgement.judge import judge
reader = choose(ClassifierSettings()).reader
judge(next(texts(RELEVANT)), "e", reader)
took = time.monotonic() - begun
import psutil
for number, news in zip(range(200), texts(RELEVANT)):
    judge(news, str(number), reader)
json.dump({"seconds": took, "megabytes": psutil.Process().memory_info().rss / 1e6}, sys.stdout)
"""


def measure_classify() -> list[Result]:
    """No relevant text comes twice: what is known word for word is not read again. Of the mixed ones 380 of 400 are
    about something else."""
    reader = choose(ClassifierSettings()).reader
    by = f"read by {reader.name}"
    relevant, irrelevant = taken(400, texts(RELEVANT)), taken(380, texts(IRRELEVANT))
    mixed = [_rate([*irrelevant, *relevant[run * 20 :][:20]], reader) for run in range(RUNS)]
    alone = [_rate(relevant[100 + run * 100 :][:100], reader) for run in range(RUNS)]
    article, page = (_slowest(words, reader) for words in (900, 1_650))
    started = [_started() for _ in range(RUNS)]
    megabytes, seconds = ([each[name] for each in started] for name in ("megabytes", "seconds"))
    return [
        _result("classify_mixed", mixed, "texts/s", "≥ 5,000/s", median(mixed) >= 5_000, by),
        _result("classify_relevant", alone, "texts/s", "≥ 60/s", median(alone) >= 60, by),
        _result("classify_article_p99", [article], "ms", "< 200 ms", article < 200, by),
        _result("classify_page_p99", [page], "ms", "< 400 ms", page < 400, by),
        _result("classifier_memory", megabytes, "MB", "< 600 MB", median(megabytes) < 600, by),
        _result("classifier_cold_start", seconds, "s", "< 5 s", median(seconds) < 5, by),
    ]


def texts(form: str) -> Iterator[News]:
    """All different."""
    for number, (country, material, other) in enumerate(itertools.product(COUNTRIES, MATERIALS, reversed(COUNTRIES))):
        body = form.format(country=country, material=material, other=other, day=1 + number % 28)
        yield _news(body.split(",", maxsplit=1)[0], body)


def taken(count: int, news: Iterable[News]) -> list[News]:
    return list(itertools.islice(news, count))


def _news(title: str, body: str) -> News:
    source = Source(name="bench", type="newswire")
    return News(kind="news", source=source, published_at=datetime(2026, 3, 10, tzinfo=UTC), title=title, body=body)


def _rate(news: Sequence[News], reader: Reader) -> float:
    """Texts a second of one core."""
    begun = time.process_time()
    for number, each in enumerate(news):
        judge(each, str(number), reader)
    return len(news) / (time.process_time() - begun)


def _slowest(words: int, reader: Reader) -> float:
    """99th percentile of an article of so many words, one sentence in three about supply, in milliseconds of a core."""
    pieces = itertools.cycle(
        each for one in zip(texts(RELEVANT), texts(IRRELEVANT), texts(IRRELEVANT), strict=True) for each in one
    )
    spent = []
    for number in range(60):
        body = " ".join(next(pieces).body for _ in range(words // 40))
        begun = time.process_time()
        judge(_news("Export controls", body), str(number), reader)
        spent.append(1_000 * (time.process_time() - begun))
    return quantiles(spent, n=100)[98]


def _started() -> dict[str, float]:
    command = [sys.executable, "-c", _START]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    answer = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)  # noqa: S603
    told: dict[str, float] = json.loads(answer.stdout)
    return told


def _result(name: str, runs: list[float], unit: str, budget: str, met: bool, by: str) -> Result:
    return Result(name, median(runs), unit, budget, met, reference=by, runs=runs)
