"""What the other services say, as people read it."""

from datetime import UTC, date, datetime
from zlib import crc32

import httpx2
import pytest

from shared.contracts.alerts import AlertData, AlertStatus, AlertType, Body, Message
from shared.contracts.base import to_json
from shared.contracts.customers import Acknowledgement, Silence
from shared.contracts.measures import Act, MeasureRecord, Override
from shared.contracts.reviews import Corrected, Review
from shared.contracts.risk import Driver, LeadTime, Risk, Stockout
from shared.contracts.signals import Signal, SignalSource
from shared.domain.measures import Identity, measure_at
from shared.kafka.record import Outgoing
from shared.kafka.topics import ALERTS, LEDGER, MEASURES, RISK_SCORES, SIGNALS, WORLD, partition_of
from tests.fixtures.customers import motor_maker
from tests.integration.control.process import PARTITIONS, Running, records, said, say, until

pytestmark = pytest.mark.integration

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def message(customer_id: str, sequence: int, kind: AlertType = "alert.opened", status: AlertStatus = "open") -> Message:
    alert = AlertData(
        id=f"{customer_id}-alert",
        customer_id=customer_id,
        kind="licence",
        severity="high",
        status=status,
        title="Licence L-1 denied",
        summary=f"As of message {sequence}",
        sequence=sequence,
        revision=sequence,
        opened_at=NOON,
        updated_at=NOON,
        links={"alert": "/v1/alerts/x", "explain": "/v1/alerts/x/explain"},
    )
    return Message(
        message_id=f"{customer_id}-{sequence}",
        number=crc32(customer_id.encode()) * 1_000 + sequence,  # of this customer's own, whoever shares its partition
        customer_id=customer_id,
        sequence=sequence,
        alert_id=alert.id,
        severity="high",
        body=Body(type=kind, timestamp=NOON, data=alert),
    )


def told(one: Message) -> Outgoing:
    return said(ALERTS, one.customer_id or "", one, one.customer_id)


async def put_customer(client: httpx2.AsyncClient, customer_id: str) -> None:
    assert (await client.put(f"/customers/{customer_id}", json=motor_maker().model_dump(mode="json"))).is_success


async def bodies(client: httpx2.AsyncClient, customer_id: str, query: str = "") -> list[dict[str, object]]:
    items: list[dict[str, object]] = (await client.get(f"/customers/{customer_id}/messages{query}")).json()["items"]
    return items


async def test_messages_can_be_pulled_in_order_and_a_repeated_one_counts_once(control: Running) -> None:
    sent = [message("pulled", number) for number in (1, 2, 3)]
    async with control.client() as client:
        await put_customer(client, "pulled")
        await say(control.bootstrap, *map(told, [sent[0], sent[1], sent[0], sent[1], sent[2]]))

        async def all_there() -> bool:
            return len(await bodies(client, "pulled")) == 3

        await until(all_there)
        raw = (await client.get("/customers/pulled/messages")).content
        later = await bodies(client, "pulled", "?after=2")
        first = (await client.get("/customers/pulled/messages?limit=2")).json()
        rest = await bodies(client, "pulled", f"?limit=2&cursor={first['next_cursor']}")
        assert (await client.get("/customers/nobody/messages")).status_code == 404
    assert raw == b'{"items":[' + b",".join(to_json(one.body) for one in sent) + b'],"next_cursor":null}'
    assert [body["data"]["sequence"] for body in later] == [3]  # type: ignore[index]
    assert [body["data"]["sequence"] for body in rest] == [3]  # type: ignore[index]


async def test_an_alert_is_what_its_newest_message_says_and_can_be_acknowledged(control: Running) -> None:
    async with control.client() as client:
        await put_customer(client, "alerted")
        await say(control.bootstrap, told(message("alerted", 1)), told(message("alerted", 2, "alert.updated")))

        async def summary() -> str | None:
            answer = await client.get("/alerts/alerted-alert")
            return str(answer.json()["summary"]) if answer.is_success else None

        async def newest() -> bool:
            return await summary() == "As of message 2"

        await until(newest)
        acknowledged = await client.post("/alerts/alerted-alert:acknowledge")
        again = await client.post("/alerts/alerted-alert:acknowledge")
        assert acknowledged.json()["status"] == again.json()["status"] == "acknowledged"
        # the scorer had not heard of it yet
        await say(control.bootstrap, told(message("alerted", 3, "alert.updated")))

        async def third() -> bool:
            return await summary() == "As of message 3"

        await until(third)
        assert (await client.get("/alerts/alerted-alert")).json()["status"] == "acknowledged"
        assert len((await client.get("/customers/alerted/alerts?status=acknowledged")).json()["items"]) == 1
        assert (await client.get("/customers/alerted/alerts?status=open")).json()["items"] == []
        await say(control.bootstrap, told(message("alerted", 4, "alert.resolved", "resolved")))

        async def resolved() -> bool:
            return bool((await client.get("/alerts/alerted-alert")).json()["status"] == "resolved")

        await until(resolved)
        assert (await client.get("/alerts/nothing")).status_code == 404
    found = [
        one for one in await records(control.bootstrap, LEDGER, "alerted") if b'"acknowledgement"' in (one.value or b"")
    ]
    [record] = found
    assert record.partition == partition_of("alerted", PARTITIONS)
    assert Acknowledgement.model_validate_json(record.value or b"") == Acknowledgement(
        customer_id="alerted", alert_id="alerted-alert", by="development"
    )


async def test_risk_is_shown_for_what_the_profile_names(control: Running) -> None:
    def risk(material: str, score: float = 71.25) -> Outgoing:
        record = Risk(
            customer_id="scored",
            material=material,
            score=score,
            band="high",
            interval=(60.5, 80.0),
            stockout=Stockout(probability={"30": 0.25}),
            cover_days=30.0,
            lead_time_days=LeadTime(p50=45.0, p90=90.0),
            drivers=(Driver(kind="structural", ref="t_c", label="concentration", contribution=71.25),),
            inputs={},
            model="risk@1",
            as_of=NOON,
        )
        return said(RISK_SCORES, f"scored/{material}", record, "scored")

    async with control.client() as client:
        await put_customer(client, "scored")
        assert (await client.get("/customers/scored/risk")).json() == {"items": [], "next_cursor": None}
        assert (await client.get("/customers/scored/risk/terbium")).status_code == 404
        await say(control.bootstrap, risk("gallium"), risk("terbium"))

        async def there() -> bool:
            return (await client.get("/customers/scored/risk/Tb")).is_success

        await until(there)
        [item] = (await client.get("/customers/scored/risk")).json()["items"]
        assert (item["material"], item["score"]) == ("terbium", 71.25)
        assert (await client.get("/customers/scored/risk/unobtainium")).status_code == 422
        assert "history" not in item
        await say(control.bootstrap, risk("terbium", 71.25), risk("terbium", 65.5))

        async def over_time() -> list[float]:
            found = (await client.get("/customers/scored/risk/terbium?history=90d")).json()
            return [point["score"] for point in found["history"]]

        async def moved() -> bool:
            return (await over_time())[-1] == 65.5

        await until(moved)
        assert await over_time() == [71.25, 65.5], "a point for each score that differs"
        for wrong in ("90", "0d", "1h", "-1d", "1000d"):
            assert (await client.get(f"/customers/scored/risk/terbium?history={wrong}")).status_code == 422
        await say(control.bootstrap, said(RISK_SCORES, "scored/terbium", None, "scored"))

        async def gone() -> bool:
            return not (await client.get("/customers/scored/risk")).json()["items"]

        await until(gone)


def lifecycle() -> MeasureRecord:
    """Announced on 9 October for 8 November, suspended on 7 November for a year."""
    identity = Identity("CN", "CN-2025-61")

    def act(action: str, announced: date, effective: date, until: date | None = None) -> Act:
        known_at = datetime(announced.year, announced.month, announced.day, 4, tzinfo=UTC)
        told = {"event_id": action, "act": f"act-{action}", "action": action, "announced_on": announced}
        scope = {
            "instrument": "licence_requirement",
            "materials": ["terbium"],
            "targets": ["*"],
            "title": "Announcement 61",
        }
        return Act.model_validate(told | scope | {"effective_on": effective, "until": until, "known_at": known_at})

    acts = (
        act("imposed", date(2025, 10, 9), date(2025, 11, 8)),
        act("suspended", date(2025, 11, 7), date(2025, 11, 7), date(2026, 11, 10)),
    )
    measure = measure_at(identity, acts, NOON)
    assert measure is not None
    return MeasureRecord(measure=measure, acts=acts, as_of=NOON)


@pytest.mark.parametrize(
    ("query", "state"),
    [
        ("?as_of=2025-10-08", None),
        ("?as_of=2025-10-09", "announced"),
        ("?as_of=2025-11-08", "suspended"),
        ("?as_of=2025-11-08&known_at=2025-11-01", "in_force"),
        ("?as_of=2026-11-10", "suspended"),
        ("?as_of=2026-11-11", "in_force"),
        ("?as_of=2026-11-10T16:00:00Z", "in_force"),
    ],
)
async def test_a_measure_on_any_day_with_the_knowledge_of_any_other(
    control: Running, query: str, state: str | None
) -> None:
    record = lifecycle()
    path = f"/measures/{record.measure.id}"
    async with control.client() as client:
        await say(control.bootstrap, said(MEASURES, record.measure.id, record))

        async def there() -> bool:
            return (await client.get(path)).is_success

        await until(there)
        one = await client.get(f"{path}{query}")
        listed = (await client.get(f"/measures{query}")).json()["items"]
        open_questions = (await client.get(f"/measures{query}&confirmed=false")).json()["items"]
    assert (one.json()["state"] if one.is_success else None) == state
    assert [item["state"] for item in listed if item["id"] == record.measure.id] == ([state] if state else [])
    assert open_questions == [item for item in listed if not item["confirmed"]]


async def test_an_override_is_a_fact_of_the_world(control: Running) -> None:
    record = lifecycle()
    async with control.client() as client:
        await say(control.bootstrap, said(MEASURES, record.measure.id, record))

        async def there() -> bool:
            return (await client.get(f"/measures/{record.measure.id}")).is_success

        await until(there)
        wanted = {"state": "lifted", "reason": "the ministry told us"}
        past = {"state": "suspended", "until": "2020-01-01", "reason": "a slip of the pen"}
        assert (await client.post(f"/measures/{record.measure.id}:override", json=past)).status_code == 422
        asked = await client.post(f"/measures/{record.measure.id}:override", json=wanted)
        assert (await client.post("/measures/nothing:override", json=wanted)).status_code == 404
    assert asked.status_code == 202
    [told_to_world] = await records(control.bootstrap, WORLD, asked.json()["id"])
    override = Override.model_validate_json(told_to_world.value or b"")
    assert (override.measure_id, override.state, override.by) == (record.measure.id, "lifted", "development")


async def test_signals_are_listed_the_newest_first_and_coverage_says_how_old_the_newest_is(control: Running) -> None:
    def signal(number: int) -> Outgoing:
        record = Signal(
            id=f"signal-{number}",
            event_id=f"event-{number}",
            type="export_halt",
            materials=("terbium",),
            asserted="asserted",
            direction="tightening",
            confidence=0.9,
            source=SignalSource(name="Wire", type="newswire", reliability=0.8),
            published_at=NOON.replace(minute=number),
            classifier="test@1",
        )
        return said(SIGNALS, record.id, record)

    async with control.client() as client:
        await say(control.bootstrap, *map(signal, (1, 2, 3)))

        async def there() -> bool:
            return len((await client.get("/signals")).json()["items"]) == 3

        await until(there)
        assert [item["id"] for item in (await client.get("/signals")).json()["items"]] == [
            "signal-3",
            "signal-2",
            "signal-1",
        ]
        assert [item["id"] for item in (await client.get("/signals?event_id=event-2")).json()["items"]] == ["signal-2"]
        coverage = (await client.get("/coverage")).json()
    assert coverage["newest_signal"]["age_s"] < 60
    assert coverage["clock"] is None  # nothing answers where the registry should be, nor where ingest should
    [away] = coverage["sources"].pop("unanswered")
    assert away.startswith("127.0.0.1: ")
    assert coverage["sources"] == {"items": [], "since": None}


async def test_a_human_s_word_on_a_signal_is_a_fact_of_the_world_and_audited(control: Running) -> None:
    """The signals are those of the test before."""
    corrected = {"reason": "it says gallium", "materials": ["Ga"], "targets": ["us", "US"], "occurred_on": None}
    wrong = {"reason": "", "materials": ["unobtainium"], "issuer": "XX", "type": None, "surprise": 1}
    async with control.client() as client:
        asked = [
            await client.post("/signals/signal-1:confirm"),
            await client.post("/signals/signal-1:reject", json={"reason": "a rumour"}),
            await client.post("/signals/signal-1:correct", json=corrected),
        ]
        nothing = await client.post("/signals/nothing:confirm")
        unclear = await client.post("/signals/signal-1:correct", json=wrong)
        unknown = await client.post("/signals/signal-1:correct", json={"reason": "so", "materials": ["unobtainium"]})
        empty = await client.post("/signals/signal-1:correct", json={"reason": "nothing"})
        speechless = await client.post("/signals/signal-1:reject", json={})
        audited = (await client.get("/audit?limit=3")).json()["items"]
        narrow = {"name": "reader", "scopes": ["events:read"]}
        await put_customer(client, "own-view")
        bound = {"name": "bound", "scopes": ["signals:write"], "customer_id": "own-view"}
        keys = [(await client.post("/keys", json=made)).json()["key"] for made in (narrow, bound)]
    assert [answer.status_code for answer in asked] == [202] * 3
    reviews = [
        Review.model_validate_json(record.value or b"")
        for answer in asked
        for record in await records(control.bootstrap, WORLD, answer.json()["id"])
    ]
    assert [(one.signal_id, one.verdict, one.reason, one.by) for one in reviews] == [
        ("signal-1", "confirmed", None, "development"),
        ("signal-1", "rejected", "a rumour", "development"),
        ("signal-1", "corrected", "it says gallium", "development"),
    ]
    assert reviews[2].corrected == Corrected(materials=("gallium",), targets=("US",), removed=("occurred_on",))
    assert [line["action"] for line in audited] == ["signal.corrected", "signal.rejected", "signal.confirmed"]
    assert (nothing.status_code, nothing.headers["content-type"]) == (404, "application/problem+json")
    assert "GET /v1/signals lists them" in nothing.json()["detail"]
    assert {answer.status_code for answer in (unclear, unknown, empty, speechless)} == {422}
    assert {fault["loc"] for fault in unclear.json()["errors"]} >= {"body.reason", "body.surprise"}
    assert [fault["loc"] for fault in unknown.json()["errors"]] == ["body.materials.0"]
    assert "give at least one of type" in empty.json()["errors"][0]["message"]
    for key in keys:
        async with control.client(key) as client:

            async def known(who: httpx2.AsyncClient = client) -> bool:  # a key that was made just now
                return (await who.post("/signals/signal-1:confirm")).status_code != 401

            await until(known)
            assert (await client.post("/signals/signal-1:confirm")).status_code == 403


async def test_what_people_say_of_a_signal_does_not_make_it_new(control: Running) -> None:
    async with control.client() as client:
        before = (await client.get("/coverage")).json()["newest_signal"]["id"]
        first = (await client.get("/signals?event_id=event-1")).json()["items"][0]
        note = {"verdict": "rejected", "by": "desk", "at": "2026-03-02T12:00:00Z"}
        await say(control.bootstrap, said(SIGNALS, "signal-1", Signal.model_validate(first | {"review": note})))

        async def reviewed() -> bool:
            return "review" in (await client.get("/signals?event_id=event-1")).json()["items"][0]

        await until(reviewed)
        assert (await client.get("/coverage")).json()["newest_signal"]["id"] == before != "signal-1"


async def test_a_silence_of_one_customer_goes_to_its_partition_and_one_of_all_to_every_partition(
    control: Running,
) -> None:
    until_later = {"until": "2050-01-01T00:00:00Z", "matchers": {"material": "Tb"}}
    async with control.client() as client:
        await put_customer(client, "silent")
        one = await client.post("/silences", json=until_later | {"customer_id": "silent"})
        everybody = await client.post("/silences", json=until_later)
        assert (await client.delete(f"/silences/{everybody.json()['id']}")).status_code == 204
        assert (await client.get(f"/silences/{everybody.json()['id']}")).status_code == 404
        assert (await client.get(f"/silences/{one.json()['id']}")).json() == one.json()
    of_one = [
        record for record in await records(control.bootstrap, LEDGER, "silent") if b'"silence"' in (record.value or b"")
    ]
    assert [record.partition for record in of_one] == [partition_of("silent", PARTITIONS)]
    of_all = [
        (record.partition, Silence.model_validate_json(record.value or b"").deleted)
        for record in await records(control.bootstrap, LEDGER, "silence")
        if everybody.json()["id"].encode() in (record.value or b"")
    ]
    assert sorted(of_all) == [(number, deleted) for number in range(PARTITIONS) for deleted in (False, True)]
