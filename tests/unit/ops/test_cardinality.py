"""Whatever names people send – customers, references, sources, kinds that there are none of – the number of series
stays the same. Each stage is flooded with names, then with twice as many others: they add nothing."""

from datetime import UTC, datetime

from prometheus_client import REGISTRY

from services.classifier.metrics import count as count_judged
from services.dispatcher.health import EndpointHealth
from services.dispatcher.metrics import saw, starts
from services.dispatcher.outcomes import attempted
from services.dispatcher.sender import Reply
from services.ingest.testing import NDJSON, Ingest, lines
from services.registry.metrics import count_signals, show_measures
from services.scorer.metrics import count as count_scored
from services.scorer.metrics import show
from services.scorer.testing import Ledger, bought, measure
from shared.domain.delivery.policy import Answer, verdict_on
from shared.domain.judgement.judge import judge
from tests.unit.dispatcher.making import MOMENT, delivery, receiver
from tests.unit.judgement.texts import news as text
from tests.unit.registry.world import World, imposed
from tests.unit.registry.world import news as story

NAMES = 120


def series() -> int:
    return sum(len(family.samples) for family in REGISTRY.collect() if family.name.startswith("chokepoint_"))


async def flooded_ingest(ingest: Ingest, salt: str, names: int) -> None:
    events = [
        {
            "kind": ("news", f"kind-{salt}-{number}", number)[number % 3],
            "id": f"{salt}-{number}",
            "source": {"name": f"source-{salt}-{number}", "type": "newswire"},
            "customer_id": f"customer-{salt}-{number}",
            "published_at": "2025-11-10T11:00:00Z",
            "title": f"{salt} {number}",
        }
        for number in range(names)
    ]
    answer = await ingest.post(lines(*events), NDJSON)
    assert answer.json()["rejected"] == names
    for event in events:
        del event["customer_id"]
    answer = await ingest.post(lines(*events), NDJSON)
    assert answer.json()["accepted"] == names / 3


async def test_ingest() -> None:
    ingest = Ingest()
    await flooded_ingest(ingest, "first", 3 * NAMES)
    before = series()
    await flooded_ingest(ingest, "second", 6 * NAMES)
    assert series() == before


def flooded_classifier(salt: str, names: int) -> None:
    for number in range(names // 6):
        judged = judge(text(f"China bans exports of gallium, said {salt}-{number}"), f"{salt}-{number}")
        count_judged(judged, 0.001)


def test_classifier() -> None:
    flooded_classifier("first", NAMES)
    before = series()
    flooded_classifier("second", 2 * NAMES)
    assert series() == before


def flooded_registry(salt: str, names: int) -> None:
    world = World()
    for number in range(names):
        name = f"{salt}-{number}"
        world.put(
            imposed(act=name, ref=name, until=f"2027-{1 + number // 28:02}-{1 + number % 28:02}"), "2025-10-09T02:00"
        )
    world.put(story(published="2026-01-10"), "2026-01-10T02:00")
    count_signals(world.said)
    show_measures(world.registry.state)


def test_registry() -> None:
    flooded_registry("first", NAMES)
    before = series()
    flooded_registry("second", 2 * NAMES)
    assert series() == before


def flooded_scorer(salt: str, names: int) -> None:
    ledger = Ledger()
    for number in range(names):
        ledger.customer(f"{salt}-{number}", bought(cover=number))
    ledger.act(measure())
    count_scored(ledger.outputs)
    show([ledger.fold.state])


def test_scorer() -> None:
    flooded_scorer("first", NAMES)
    before = series()
    flooded_scorer("second", 2 * NAMES)
    assert series() == before


def flooded_dispatcher(salt: str, names: int) -> None:
    health = EndpointHealth()
    for number in range(names):
        endpoint, status = f"{salt}-{number}", (204, 404, 503, None)[number % 4]
        sent = delivery(endpoint)
        starts(sent, receiver(endpoint), health)
        answer = Answer(status, None if status else f"no answer {salt} {number}")
        verdict = verdict_on(
            answer, delivery_id=sent.delivery_id, attempt=1, in_all=1, failing_since=None, now=datetime.now(UTC)
        )
        saw([attempted(sent, Reply(answer, MOMENT, 0.01), verdict)])


def test_dispatcher() -> None:
    flooded_dispatcher("first", NAMES)
    before = series()
    flooded_dispatcher("second", 2 * NAMES)
    assert series() == before
