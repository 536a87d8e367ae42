"""What holds for whatever ledger: ids, numbers and sequences without gap or repeat, replays and recoveries alike."""

from datetime import date, timedelta
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from services.scorer.handler import restore
from services.scorer.testing import Json, Ledger, listing
from shared.contracts.licences import Stratum
from shared.contracts.measures import Measure
from shared.domain.licences.survival import Span
from shared.domain.risk.drivers import SMALL
from shared.kafka.record import Outgoing
from shared.kafka.topics import ALERTS, RISK_SCORES
from tests.laws.test_risk import exposures, measures, signals
from tests.unit.licences.cases import stratum

CUSTOMERS = st.sampled_from(["acme", "beta", "gamma"])
SLUGS = st.sampled_from(["terbium", "gallium", "copper"])
REFS = st.sampled_from(["L-1", "L-2"])
DECISIONS = st.sampled_from(["granted", "denied", "returned", "withdrawn", "expired"])


@st.composite
def ledgers(draw: st.DrawFn, most: int = 12) -> Ledger:
    """A life of a few customers: records in the order in which they came, time running on."""
    ledger = Ledger()
    for customer in ("acme", "beta"):
        ledger.customer(customer, *draw(_portfolio()), end_use=draw(st.sampled_from(["civil", "defence"])))
    for _ in range(draw(st.integers(1, most))):
        ledger.after(hours=draw(st.sampled_from([0, 1, 5, 24, 30, 24 * 9, 24 * 40])))
        _happen(draw, ledger)
    return ledger


def _portfolio() -> st.SearchStrategy[list[Any]]:
    return st.lists(exposures(), min_size=1, max_size=3, unique_by=lambda exposure: exposure.material)


def _happen(draw: st.DrawFn, ledger: Ledger) -> None:
    happens = draw(st.sampled_from([_world, _world, _own, _own, _profile, _people, _time]))
    happens(draw, ledger, draw(CUSTOMERS))


def _world(draw: st.DrawFn, ledger: Ledger, _: str) -> None:
    if draw(st.booleans()):
        _act(draw, ledger)
    else:
        ledger.news(*draw(st.lists(signals(novelty=draw(_novelties())), max_size=2)))


def _own(draw: st.DrawFn, ledger: Ledger, customer: str) -> None:
    match draw(st.integers(0, 3)):
        case 0 | 1:
            ledger.decision(customer, draw(REFS), draw(DECISIONS), material=draw(SLUGS))
        case 2:
            ledger.stock(customer, draw(st.floats(0, 400)), material=draw(SLUGS))
        case _:
            ledger.application(customer, draw(REFS), material=draw(SLUGS))


def _profile(draw: st.DrawFn, ledger: Ledger, customer: str) -> None:
    if draw(st.integers(0, 2)):
        ledger.customer(customer, *draw(_portfolio()), baseline=draw(st.sampled_from(["quiet", "alert"])))
    else:
        ledger.profile(customer, None)


def _people(draw: st.DrawFn, ledger: Ledger, customer: str) -> None:
    acknowledges: bool = draw(st.booleans())
    if ledger.messages and acknowledges:
        ledger.acknowledge(draw(st.sampled_from(ledger.messages)))
    else:
        hours = draw(st.sampled_from([2.0, 50.0]))
        ledger.silence(draw(st.sampled_from("st")), draw(st.just(customer) | st.none()), hours, **draw(_matchers()))


def _time(draw: st.DrawFn, ledger: Ledger, _: str) -> None:
    step = draw(st.sampled_from([{}, {"catching_up_to": ledger.now + timedelta(days=2)}]))
    ledger.tick(**step, strata=draw(st.lists(_strata(), max_size=2)))


def _strata() -> st.SearchStrategy[Stratum]:
    """Without cases one is withdrawn."""
    spans = st.lists(st.builds(Span, st.integers(0, 300), st.sampled_from(["granted", "denied", None])), max_size=20)
    where = st.sampled_from(["DE", None])
    return st.builds(stratum, spans, material=SLUGS, destination=where, end_use=st.sampled_from(["civil", "defence"]))


def _novelties() -> st.SearchStrategy[str]:
    return st.sampled_from(["new", "update", "duplicate", "stale"])


def _matchers() -> st.SearchStrategy[dict[str, str]]:
    return st.sampled_from([{}, {"material": "terbium"}, {"severity": "high"}, {"kind": "licence"}])


def _act(draw: st.DrawFn, ledger: Ledger) -> None:
    found: Measure = draw(measures() | st.just(listing("M-9", ("Acme", "listed"))))
    happens = draw(st.sampled_from(["move", "move", "widening", "step", "step"]))
    if happens == "move":
        ledger.act(found, quiet=draw(st.sampled_from([False, False, True])))
    elif happens == "widening":
        ledger.change(measures=[found])
    else:
        ledger.step(found, draw(st.sampled_from([60, 7, 0])), date(2026, 6, 1))


def told(outputs: list[Outgoing]) -> list[Json]:
    return [orjson.loads(output.value or b"") for output in outputs if output.topic == ALERTS]


@given(ledgers())
def test_sequences_numbers_and_revisions_have_no_gap_and_no_repeat(ledger: Ledger) -> None:
    messages = told(ledger.outputs)
    assert [message["number"] for message in messages] == list(range(1, len(messages) + 1))
    assert len({message["message_id"] for message in messages}) == len(messages)
    sequences: dict[str, list[int]] = {}
    revisions: dict[str, list[int]] = {}
    for message in messages:
        sequences.setdefault(message["customer_id"], []).append(message["sequence"])
        revisions.setdefault(message["alert_id"], []).append(message["body"]["data"]["revision"])
    for counted in (*sequences.values(), *revisions.values()):
        assert counted == list(range(1, len(counted) + 1))


@given(ledgers())
def test_a_record_says_at_most_one_thing_about_an_alert(ledger: Ledger) -> None:
    fold = restore(1, None)
    for record in ledger.records:
        said = [message["alert_id"] for message in told(list(fold.take(record)))]
        assert len(set(said)) == len(said)


@given(ledgers())
def test_a_replay_gives_the_same_bytes(ledger: Ledger) -> None:
    fold = restore(1, None)
    assert [output for record in ledger.records for output in fold.take(record)] == ledger.outputs
    assert fold.dump() == ledger.fold.dump()


@given(ledgers(), st.data())
def test_a_snapshot_anywhere_changes_nothing_that_follows(ledger: Ledger, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(ledger.records)))
    before = restore(1, None)
    outputs = [output for record in ledger.records[:at] for output in before.take(record)]
    kept = before.dump()
    after = restore(1, kept)
    assert after.dump() == kept
    outputs += [output for record in ledger.records[at:] for output in after.take(record)]
    assert outputs == ledger.outputs
    assert after.dump() == ledger.fold.dump()


@given(ledgers())
def test_every_record_again_changes_nothing(ledger: Ledger) -> None:
    """At once, as after a crash between the outputs and the offset. Acknowledging again what was opened anew, or
    writing a silence again that ran out, is no repeat but a new word."""
    fold = restore(1, None)
    for record in ledger.records:
        fold.take(record)
        kept = fold.dump()
        assert list(fold.take(record)) == []
        assert fold.dump() == kept


@given(ledgers())
def test_an_alert_opens_before_it_moves_and_what_is_resolved_opens_anew(ledger: Ledger) -> None:
    live: set[str] = set()
    for message in told(ledger.outputs):
        alert, status = message["alert_id"], message["body"]["data"]["status"]
        kind = message["body"]["type"]
        if message["customer_id"] in {"acme", "beta"} and kind != "alert.opened":
            assert alert in live
        if status == "resolved":
            live.discard(alert)
        else:
            live.add(alert)
        assert (kind == "alert.resolved") <= (status == "resolved")


@given(ledgers())
def test_the_newest_scores_are_those_of_the_state(ledger: Ledger) -> None:
    newest = {output.key: output.value for output in ledger.outputs if output.topic == RISK_SCORES}
    portfolio = ledger.fold.state.portfolio
    there = {
        f"{portfolio.ids[customer]}/{portfolio.material(row)}".encode(): portfolio.exposures.score.item(row)
        for row, customer in enumerate(portfolio.exposures.arrays()["customer"].tolist())
        if customer >= 0
    }
    assert {key: orjson.loads(value)["score"] for key, value in newest.items() if value} == there


@given(st.lists(measures(), max_size=6), st.lists(signals(), max_size=6), exposures())
def test_a_world_before_its_customer_and_after_it_score_alike(
    acts: list[Measure], news: list[Any], exposure: Any
) -> None:
    before, after = Ledger(), Ledger()
    after.customer("acme", exposure)
    for ledger in (before, after):
        for act in acts:
            ledger.act(act)
        for heard in news:
            ledger.news(heard)
    before.customer("acme", exposure)
    one, other = (ledger.risk("acme", exposure.material) for ledger in (before, after))
    besides = {"band": "", "drivers": []}
    assert one | besides == other | besides, "a band has a history, a score has none"
    # what moves no figure is told with the next that does: until then drivers may lag by less than is shown of one
    parts, others = (
        {(part["kind"], part["ref"]): part["contribution"] for part in risk["drivers"]} for risk in (one, other)
    )
    assert all(abs(points - others.get(name, 0.0)) < SMALL for name, points in parts.items())


@given(ledgers(), st.data())
def test_what_is_recovered_in_silence_is_what_was_said_aloud(ledger: Ledger, data: st.DataObject) -> None:
    """Part of the log with its outputs acknowledged, in batches of any size; the rest is said as it was."""
    committed = data.draw(st.integers(0, len(ledger.records)))
    fold = restore(1, None)
    for record in ledger.records[:committed]:
        fold.recover(record)
        if data.draw(st.booleans()):
            fold.recovered()
    aloud = [output for record in ledger.records[committed:] for output in fold.take(record)]
    fold.recovered()
    assert aloud == ledger.outputs[len(ledger.outputs) - len(aloud) :]
    assert fold.dump() == ledger.fold.dump()
