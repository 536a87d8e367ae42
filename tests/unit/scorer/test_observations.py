"""Licence cases go to the registry without names, and what many say comes back as lead times."""

from datetime import date

import orjson
import pytest

from services.scorer.testing import Json, Ledger, bought, listing, measure
from shared.contracts.licences import Observation
from shared.domain.licences.survival import Span
from shared.kafka.topics import WORLD
from tests.unit.licences.cases import stratum

FILED = "2026-03-02T09:00:00Z"


def observations(ledger: Ledger) -> list[Observation]:
    return [Observation.model_validate_json(o.value or b"") for o in ledger.outputs if o.topic == WORLD]


def newest(ledger: Ledger) -> Json:
    found: Json = observations(ledger)[-1].model_dump(include={"number", "outcome", "ended_on", "filed_on"})
    return found


def test_an_application_is_observed_and_nobody_named(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.application("acme", "SECRET-REF", supplier="Sentinel Magnets", event_id="the-application")
    [output] = [output for output in ledger.outputs if output.topic == WORLD]
    told = orjson.loads(output.value or b"")
    assert {name: told[name] for name in ("kind", "origin", "material", "destination", "end_use", "filed_on")} == {
        "kind": "observation",
        "origin": "CN",
        "material": "terbium",
        "destination": "DE",
        "end_use": "civil",
        "filed_on": "2026-03-02",
    }
    whole = repr((output.key, output.value, output.headers)).encode()
    for secret in (b"acme", b"SECRET-REF", b"Sentinel", b"the-application"):
        assert secret not in whole


def test_a_decision_is_the_same_case_on_the_issuers_day(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.application("acme", "L-1")
    ledger.after(days=20).decision("acme", "L-1", "granted", decided_at="2026-03-20T17:00:00Z")
    one, other = observations(ledger)
    assert (one.case, one.customer) == (other.case, other.customer)
    assert (one.number, other.number) == (1, 2)
    assert (other.outcome, other.ended_on) == ("granted", date(2026, 3, 21)), "it was past midnight in Beijing"


def test_cases_and_customers_are_told_apart(ledger: Ledger) -> None:
    for customer in ("acme", "beta"):
        ledger.customer(customer, bought())
        ledger.application(customer, "L-1", event_id=f"{customer}-1")
        ledger.application(customer, "L-2", event_id=f"{customer}-2")
    found = observations(ledger)
    assert len({each.case for each in found}) == 4
    assert len({each.customer for each in found}) == 2


def test_the_same_again_is_not_observed(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.application("acme", "L-1", submitted_at=FILED)
    ledger.application("acme", "L-1", submitted_at=FILED)
    ledger.after(days=3).decision("acme", "L-1", "denied", decided_at="2026-03-05T09:00:00Z")
    ledger.decision("acme", "L-1", "denied", decided_at="2026-03-05T09:00:00Z")
    assert len(observations(ledger)) == 2


def test_a_correction_takes_the_place_of_what_was_observed(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.application("acme", "L-1", event_id="the-same")
    ledger.application("acme", "L-1", event_id="the-same", destination="FR", submitted_at="2026-03-01T09:00:00Z")
    one, other = observations(ledger)
    assert one.case == other.case
    assert (other.destination, other.filed_on) == ("FR", date(2026, 3, 1))


def test_what_was_filed_after_it_was_decided_is_pending(ledger: Ledger) -> None:
    """Stated assumption: the decision was on an earlier filing of the case."""
    ledger.customer("acme", bought())
    ledger.decision("acme", "L-1", "granted", decided_at="2026-02-01T09:00:00Z")
    assert observations(ledger) == [], "nobody knows when it was filed"
    ledger.application("acme", "L-1", submitted_at=FILED)
    assert newest(ledger) == {"number": 1, "outcome": None, "ended_on": None, "filed_on": date(2026, 3, 2)}


def test_an_application_that_comes_after_its_decision_is_taken_with_it(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.decision("acme", "L-1", "denied")
    ledger.application("acme", "L-1", submitted_at="2026-01-05T09:00:00Z")
    assert newest(ledger)["outcome"] == "denied"
    assert newest(ledger)["filed_on"] == date(2026, 1, 5)


def test_a_grant_counts_before_what_became_of_it(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.application("acme", "L-1")
    for days, decision in ((10, "returned"), (10, "denied"), (10, "granted"), (10, "expired")):
        ledger.after(days=days).decision("acme", "L-1", decision)
    assert [each.outcome for each in observations(ledger)] == [None, "returned", "denied", "granted"]
    assert newest(ledger)["ended_on"] == date(2026, 4, 1)


def test_a_case_without_a_material_of_the_catalogue_is_none(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.application("acme", "L-1", material=None, hs_code="999999")
    ledger.after(days=1).decision("acme", "L-1", "denied", material=None)
    assert observations(ledger) == []


def test_who_leaves_withdraws_what_is_pending(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.application("acme", "L-1")
    ledger.application("acme", "L-2", event_id="second")
    ledger.after(days=5).decision("acme", "L-2", "granted")
    ledger.after(days=5).profile("acme", None)
    assert newest(ledger) == {
        "number": 4,
        "outcome": "withdrawn",
        "ended_on": date(2026, 3, 12),
        "filed_on": date(2026, 3, 2),
    }


QUICK, SLOW = [Span(10, "granted")] * 90, [Span(300, "granted")] * 90


def learn(ledger: Ledger, spans: list[Span]) -> list[Json]:
    return ledger.change(cause="tick", strata=[stratum(spans)])


def test_what_cases_say_moves_lead_time_and_stock_out_of_whom_they_concern(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=60))
    ledger.customer("beta", bought(cover=60), destination="FR")
    ledger.act(measure())
    before = {customer: ledger.risk(customer, "terbium") for customer in ("acme", "beta")}
    learn(ledger, QUICK)
    after = ledger.risk("acme", "terbium")
    assert after["lead_time_days"]["p50"] == 10 + 14
    assert after["inputs"]["lead_time_days"]["source"] == "licence book: 90 cases"
    assert after["inputs"]["lead_time_days"]["known"]
    assert before["acme"]["stockout"]["gap_days"] == 23
    assert "gap_days" not in after["stockout"]
    assert after["stockout"]["probability"]["90"] < before["acme"]["stockout"]["probability"]["90"]
    assert after["score"] < before["acme"]["score"]
    assert ledger.risk("beta", "terbium") == before["beta"]


def test_what_is_withdrawn_is_as_if_it_had_never_been_said(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=60))
    ledger.act(measure())
    before = ledger.risk("acme", "terbium")
    learn(ledger, QUICK)
    ledger.change(cause="tick", strata=[stratum([])])
    assert ledger.risk("acme", "terbium") == before


def test_a_supplier_that_is_listed_keeps_one_waiting_no_less_than_the_licence_did(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=200, suppliers=["Magnets Ltd"]))
    ledger.act(measure())
    learn(ledger, SLOW)
    before = ledger.risk("acme", "terbium")["stockout"]["probability"]["180"]
    ledger.act(listing("CN-22", ("Magnets Ltd", "listed")))
    assert ledger.risk("acme", "terbium")["stockout"]["probability"]["180"] >= before > 0.2


def test_a_measure_that_comes_after_what_was_learned_is_scored_by_it(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=60))
    learn(ledger, SLOW)
    [message] = ledger.act(measure())
    assert "254 days before a licence filed today is likely to come (314 days)" in message["data"]["summary"]


def test_a_band_that_lead_times_move_says_so(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=60))
    ledger.act(measure())
    assert ledger.risk("acme", "terbium")["band"] == "guarded"
    [message] = learn(ledger, SLOW)
    assert message["data"]["kind"] == "score"
    assert message["data"]["title"] == "Supply risk of terbium rises to elevated"
    assert "Cases decided of late moved the time that a licence is likely to take." in message["data"]["summary"]


def test_a_case_is_overdue_by_what_other_cases_took(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    ledger.application("acme", "L-1")
    learn(ledger, QUICK)
    assert ledger.after(days=9).tick() == []
    [overdue] = ledger.after(days=1).tick()
    assert overdue["severity"] == "warning"
    assert "nine in ten have one by now" in overdue["data"]["summary"]
    assert ledger.after(days=191).tick() == [], "it is not told a second time when the law would have had it decided"


def test_what_was_decided_meanwhile_is_not_overdue(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    ledger.application("acme", "L-1")
    ledger.after(days=1).decision("acme", "L-1", "granted")
    learn(ledger, QUICK)
    assert [m for _ in range(60) for m in ledger.after(days=1).tick() if m["data"]["kind"] == "licence"] == []


@pytest.mark.parametrize("spans", [[], QUICK])
def test_a_new_month_has_its_own_holidays(ledger: Ledger, spans: list[Span]) -> None:
    ledger.customer("acme", bought(cover=60))
    ledger.act(measure())
    learn(ledger, spans)
    before = ledger.risk("acme", "terbium")["lead_time_days"]
    ledger.after(days=29).tick()
    assert ledger.risk("acme", "terbium")["lead_time_days"] == before
    ledger.after(days=1).tick()
    after = ledger.risk("acme", "terbium")["lead_time_days"]
    assert (after["p90"] > before["p90"]) is (not spans)
