"""The catalogue's timeline as records for `world`."""

from itertools import pairwise

from services.registry import seed
from services.registry.records import parse
from shared.catalog.acts import acts
from shared.contracts.events import ListChange, MeasureChange
from shared.contracts.signals import Judgement
from shared.kafka.record import Stamp
from tests.unit.registry.world import at


def test_every_line_once_in_the_order_of_its_announcement() -> None:
    lines = seed.lines()
    assert {line.id for line in lines} == {str(act["id"]) for act in acts()}
    assert len({line.event_id for line in lines}) == len(lines)
    assert all(one.due <= other.due for one, other in pairwise(lines))


def test_a_line_is_due_at_the_beginning_of_its_day_where_it_was_issued() -> None:
    due = {line.id: line.due for line in seed.lines()}
    assert due["CN-2025-18-imposed"] == at("2025-04-03T16:00")
    assert due["CD-2025-001-imposed"] == at("2025-02-21T23:00")


def test_acts_stand_as_they_would_be_posted() -> None:
    facts = {line.id: parse(line.value) for line in seed.lines()}
    assert isinstance(facts["CN-2025-18-imposed"], MeasureChange)
    listing = facts["CN-2025-21-added"]
    assert isinstance(listing, ListChange)
    assert len(listing.entities) == 16


def test_a_signal_is_its_issuers_assertion() -> None:
    facts = {line.id: parse(line.value) for line in seed.lines()}
    licences, campaign = facts["CN-2025-12-02-GL"], facts["CN-2026-26"]
    assert isinstance(licences, Judgement)
    assert isinstance(campaign, Judgement)
    (granted,), (enforced,) = licences.signals, campaign.signals
    assert (granted.type, granted.asserted, granted.direction) == ("licence_granted", "asserted", "easing")
    assert (str(granted.occurred_on), str(granted.expires_on)) == ("2025-12-02", "2026-12-02")
    assert (enforced.type, enforced.direction, enforced.issuer) == ("enforcement_crackdown", "tightening", "CN")
    assert (str(enforced.occurred_on), str(enforced.effective_on)) == ("2026-06-24", "2026-07-01")
    assert enforced.evidence[0].text == campaign.title


def test_a_record_says_which_line_it_is_and_has_the_same_id_at_every_start() -> None:
    line = seed.lines()[0]
    one = seed.record(line, at("2026-01-01"), at("2026-01-02"), quiet=True, jump=None)
    stamp = Stamp.read(one.headers)
    assert (stamp.event_id, stamp.quiet, stamp.schema) == (line.event_id, True, "measure_change/1")
    assert dict(one.headers)["seed"].decode() == line.id
    assert line.event_id == seed.lines()[0].event_id
