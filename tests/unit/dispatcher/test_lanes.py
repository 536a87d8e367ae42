"""What is attempted next. Times are seconds; nothing here waits."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf

import pytest

from services.dispatcher.circuit import Circuit
from services.dispatcher.lanes import Lane, Lanes, Limits, Wanted
from services.dispatcher.letters import Delivery, Letter

NOW = 1_000.0
MOMENT = datetime(2026, 3, 1, tzinfo=UTC)


def delivery(endpoint_id: str, number: int = 1, partition: int = 0) -> Delivery:
    letter = Letter(
        f"m-{number}", partition, number, "acme", "alert.opened", "high", (), number, MOMENT, MOMENT, None, b"{}"
    )
    return Delivery(f"{endpoint_id}/{number}", endpoint_id, letter)


@dataclass
class Endpoints:
    """What lanes are told of their endpoints."""

    held: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    rates: dict[str, float] = field(default_factory=dict)
    rests: dict[str, float] = field(default_factory=dict)

    def describe(self, endpoint_id: str, lane: Lane) -> None:
        lane.held = endpoint_id in self.held
        lane.gone = endpoint_id in self.gone
        lane.rate = self.rates.get(endpoint_id)
        lane.rest_until = self.rests.get(endpoint_id, 0.0)


def come(lanes: Lanes, endpoint_id: str, count: int, now: float = NOW) -> int:
    """How many of them found a place in memory; the others are parked."""
    placed = 0
    for number in range(1, count + 1):
        if lanes.offer(endpoint_id, now):
            lanes.put([delivery(endpoint_id, number)])
            placed += 1
        else:
            lanes.park(endpoint_id, now)
    return placed


def started(lanes: Lanes, now: float = NOW) -> Counter[str]:
    return Counter(one.endpoint_id for one in lanes.starting(now))


def fail(lanes: Lanes, endpoint_id: str, times: int, now: float = NOW) -> None:
    for _ in range(times):
        lanes.landed(endpoint_id, now, ok=False, overloaded=True)


def test_what_comes_starts_at_once_in_the_order_in_which_it_came() -> None:
    lanes = Lanes()
    come(lanes, "a", 3)
    assert [one.letter.number for one in lanes.starting(NOW)] == [1, 2, 3]


def test_one_endpoint_flies_so_many_at_a_time() -> None:
    lanes = Lanes(Limits(flying_in_lane=2))
    come(lanes, "a", 5)
    assert started(lanes)["a"] == 2
    assert not started(lanes)
    lanes.landed("a", NOW, ok=True, overloaded=False)
    assert started(lanes)["a"] == 1


def test_lanes_take_turns_when_all_together_are_too_many() -> None:
    lanes = Lanes(Limits(flying=6))
    for endpoint_id in "abc":
        come(lanes, endpoint_id, 10)
    assert started(lanes) == Counter(a=2, b=2, c=2)


def test_each_failure_halves_what_may_fly_and_each_success_adds_one() -> None:
    lanes = Lanes(Limits(flying_in_lane=16))
    come(lanes, "a", 100)
    assert started(lanes)["a"] == 16
    fail(lanes, "a", 16)
    assert started(lanes, NOW + 1)["a"] == 1
    lanes.landed("a", NOW + 1, ok=True, overloaded=False)
    assert started(lanes, NOW + 1)["a"] == 2


def test_a_receiver_that_refuses_is_not_slowed_down() -> None:
    lanes = Lanes(Limits(flying_in_lane=4))
    come(lanes, "a", 10)
    started(lanes)
    for _ in range(4):
        lanes.landed("a", NOW, ok=False, overloaded=False)
    assert started(lanes)["a"] == 4


def test_dead_endpoints_leave_the_flights_to_the_others() -> None:
    lanes = Lanes(Limits(flying=128, flying_in_lane=16))
    dead = [f"dead-{number}" for number in range(40)]
    for endpoint_id in dead:
        come(lanes, endpoint_id, 20)
    while flown := started(lanes):
        for endpoint_id, count in flown.items():
            fail(lanes, endpoint_id, count)
    for endpoint_id in dead:
        come(lanes, endpoint_id, 20)
    assert all(count == 1 for count in started(lanes).values())
    come(lanes, "healthy", 16)
    assert started(lanes)["healthy"] == 16


@pytest.mark.parametrize(("count", "left"), [(1, 16), (16, 16), (40, 4), (70, 1)])
def test_slow_endpoints_whose_answers_are_good_leave_flights_to_the_others(count: int, left: int) -> None:
    lanes = Lanes()
    for number in range(count):
        come(lanes, f"slow-{number}", 20)
        assert started(lanes)[f"slow-{number}"] >= 1
    come(lanes, "healthy", 20)
    assert started(lanes)["healthy"] == left, "though all of theirs are under way"


def test_slow_lanes_together_never_take_the_last_places() -> None:
    lanes = Lanes(Limits(held=1_000, flying=0))
    for number in range(100):
        come(lanes, f"slow-{number}", 500)
    assert lanes.in_memory <= 1_000 + 100
    assert come(lanes, "new", 1) == 1


def test_memory_is_bounded_by_the_number_of_lanes_not_by_what_is_pending() -> None:
    lanes = Lanes(Limits(held=100, flying=10))
    for number in range(50):
        come(lanes, f"e-{number}", 1_000)
        started(lanes)
    assert lanes.in_memory <= 100 + 10 + 50


def test_a_new_delivery_does_not_overtake_those_that_wait_in_sql() -> None:
    lanes = Lanes()
    lanes.park("a", NOW - 1)
    assert not lanes.offer("a", NOW)
    lanes.park("b", NOW + 60)
    assert lanes.offer("b", NOW)


def test_what_is_parked_is_loaded_when_it_falls_due() -> None:
    lanes = Lanes()
    lanes.park("a", NOW + 5)
    assert lanes.wakes_at() == NOW + 5
    assert not started(lanes)
    assert lanes.loads(NOW) == []
    assert not started(lanes, NOW + 5)
    (wanted,) = lanes.loads(NOW + 5)
    assert (wanted.endpoint_id, wanted.until) == ("a", NOW + 5)
    lanes.put([delivery("a")])
    lanes.loaded(wanted, came=1, next_due=NOW + 60, now=NOW + 5)
    assert started(lanes, NOW + 5)["a"] == 1
    assert lanes.wakes_at() == NOW + 60


def test_nothing_is_loaded_twice_at_a_time_and_what_is_parked_meanwhile_is_not_forgotten() -> None:
    lanes = Lanes()
    lanes.park("a", NOW)
    started(lanes)
    (wanted,) = lanes.loads(NOW)
    lanes.park("a", NOW)
    started(lanes)
    assert lanes.loads(NOW) == []
    lanes.loaded(wanted, came=0, next_due=inf, now=NOW)
    assert [again.endpoint_id for again in lanes.loads(NOW)] == ["a"]


def test_places_kept_for_rows_that_did_not_come_are_given_back() -> None:
    lanes = Lanes(Limits(held=10, held_for_each_flight=10))
    lanes.park("a", NOW)
    started(lanes)
    (wanted,) = lanes.loads(NOW)
    lanes.loaded(wanted, came=0, next_due=inf, now=NOW)
    assert lanes.in_memory == 0


def test_a_lane_asks_for_more_when_half_of_what_it_held_is_gone() -> None:
    lanes = Lanes(Limits(flying_in_lane=2, held_for_each_flight=4))
    come(lanes, "a", 20)
    assert started(lanes)["a"] == 2
    assert lanes.loads(NOW) == []
    for _ in range(2):
        lanes.landed("a", NOW, ok=True, overloaded=False)
        started(lanes)
    assert [wanted.room for wanted in lanes.loads(NOW)] == [4]


def test_a_rest_holds_the_whole_lane_and_loads_nothing() -> None:
    lanes = Lanes()
    come(lanes, "a", 3)
    one = next(iter(lanes.starting(NOW)))
    lanes.landed(one.endpoint_id, NOW, ok=False, overloaded=True, rest_until=NOW + 30)
    lanes.park("a", NOW + 5)
    assert not started(lanes, NOW + 10)
    assert lanes.loads(NOW + 10) == []
    assert lanes.wakes_at() == NOW + 30
    assert started(lanes, NOW + 30)["a"] >= 1


def test_what_comes_during_a_rest_waits_in_sql_where_it_can_give_way_to_a_newer_one() -> None:
    lanes = Lanes()
    come(lanes, "a", 1)
    started(lanes)
    lanes.landed("a", NOW, ok=False, overloaded=True, rest_until=NOW + 20)
    assert come(lanes, "a", 5, NOW + 1) == 0
    assert not started(lanes, NOW + 19)
    assert lanes.loads(NOW + 19) == []
    started(lanes, NOW + 20)
    assert [wanted.endpoint_id for wanted in lanes.loads(NOW + 20)] == ["a"]


def test_a_rate_spaces_attempts_evenly() -> None:
    lanes = Lanes(describe=Endpoints(rates={"a": 10.0}).describe)
    come(lanes, "a", 100)
    flown, now = 0, NOW
    while now < NOW + 5:
        flown += (count := started(lanes, now)["a"])
        for _ in range(count):
            lanes.landed("a", now, ok=True, overloaded=False)
        now = max(now + 0.001, min(lanes.wakes_at(), NOW + 5))
    assert 49 <= flown <= 52


def test_a_quicker_pace_holds_at_once_whatever_the_slower_one_had_spent_ahead() -> None:
    endpoints = Endpoints(rates={"a": 0.001})
    lanes = Lanes(describe=endpoints.describe)
    come(lanes, "a", 3)
    assert started(lanes)["a"] == 1
    assert lanes.wakes_at() > NOW + 900
    endpoints.rates["a"] = 10.0
    lanes.changed("a", NOW + 1)
    started(lanes, NOW + 1)
    assert lanes.wakes_at() <= NOW + 1.1
    assert started(lanes, NOW + 1.1)["a"] == 1


def test_a_lane_is_busy_until_all_that_is_due_has_begun() -> None:
    lanes = Lanes(Limits(flying_in_lane=2))
    come(lanes, "a", 3)
    lanes.park("b", NOW)
    lanes.park("later", NOW + 1)
    assert lanes.busy(NOW) == ["a", "b"]
    started(lanes)
    assert "a" in lanes.busy(NOW)
    lanes.landed("a", NOW, ok=True, overloaded=False)
    started(lanes)
    assert lanes.busy(NOW) == ["b"], "what is under way keeps no new message waiting"


def test_a_held_lane_starts_nothing_and_gives_back_what_it_had() -> None:
    endpoints = Endpoints()
    lanes = Lanes(describe=endpoints.describe)
    come(lanes, "a", 3)
    endpoints.held.add("a")
    assert len(lanes.changed("a", NOW)) == 3
    lanes.park("a", NOW)
    assert not lanes.offer("a", NOW)
    assert not started(lanes)
    assert lanes.loads(NOW) == []
    endpoints.held.clear()
    lanes.changed("a", NOW + 100)
    assert [wanted.endpoint_id for wanted in lanes.loads(NOW + 100)] == ["a"]


def test_a_lane_whose_endpoint_is_gone_takes_everything_at_once_to_be_cancelled() -> None:
    endpoints = Endpoints()
    lanes = Lanes(describe=endpoints.describe)
    lanes.park("a", NOW + 86_400)
    endpoints.gone.add("a")
    lanes.changed("a", NOW)
    (wanted,) = lanes.loads(NOW)
    assert wanted == Wanted("a", wanted.room, inf)


def test_what_waits_of_a_partition_is_given_back_and_the_rest_stays() -> None:
    lanes = Lanes(Limits(flying=0))
    for partition in (0, 1):
        assert lanes.offer("a", NOW)
        lanes.put([delivery("a", partition, partition)])
    assert [one.letter.partition for one in lanes.leave({1})] == [1]
    assert lanes.in_memory == 1
    assert len(lanes.leave()) == 1
    assert lanes.in_memory == 0


def test_five_failures_in_a_row_open_the_circuit_and_one_trial_at_a_time_asks_again() -> None:
    lanes = Lanes(Limits(flying_in_lane=5))
    come(lanes, "a", 20)
    started(lanes)
    trials = [lanes.landed("a", NOW, ok=False, overloaded=True) for _ in range(5)]
    assert trials == [None] * 4 + [NOW + 1]
    assert not started(lanes, NOW + 0.9)
    assert lanes.wakes_at() == NOW + 1
    assert list(lanes.circuits(NOW + 0.9)) == ["open"]
    assert started(lanes, NOW + 1)["a"] == 1
    assert list(lanes.circuits(NOW + 1)) == ["half_open"]
    assert lanes.landed("a", NOW + 1, ok=False, overloaded=True) == NOW + 3, "the next trial comes later"
    assert not started(lanes, NOW + 2.9)
    assert started(lanes, NOW + 3)["a"] == 1
    lanes.landed("a", NOW + 3, ok=False, overloaded=False)
    assert list(lanes.circuits(NOW + 3)) == ["closed"], "a refusal is an answer"


def test_what_was_under_way_when_the_circuit_opened_does_not_make_its_rest_longer() -> None:
    lanes = Lanes()
    come(lanes, "a", 20)
    started(lanes)
    fail(lanes, "a", 16)
    assert started(lanes, NOW + 1)["a"] == 1


def test_an_open_circuit_loads_nothing_before_its_trial() -> None:
    lanes = Lanes()
    come(lanes, "a", 5)
    started(lanes)
    fail(lanes, "a", 5)
    lanes.park("a", NOW)
    started(lanes)
    assert lanes.loads(NOW) == []
    started(lanes, NOW + 1)
    assert [wanted.endpoint_id for wanted in lanes.loads(NOW + 1)] == ["a"]


def test_a_receiver_that_never_comes_back_is_asked_every_half_minute() -> None:
    circuit, now, trials = Circuit(), NOW, 0
    while now < NOW + 3_600:
        circuit.failed(now)
        now = max(now, circuit.until)
        trials += 1
    assert circuit.rest_s == 30
    assert trials == pytest.approx(120, abs=10)


def test_when_something_about_the_endpoint_changes_its_trial_does_not_wait() -> None:
    lanes = Lanes()
    come(lanes, "a", 20)
    started(lanes)
    fail(lanes, "a", 16)
    lanes.changed("a", NOW)
    assert started(lanes)["a"] == 1


def test_a_rest_lasts_until_its_endpoint_is_told_to_have_none() -> None:
    endpoints = Endpoints()
    lanes = Lanes(describe=endpoints.describe)
    come(lanes, "a", 1)
    lanes.park("a", NOW)
    endpoints.rests["a"] = NOW + 86_400
    lanes.changed("a", NOW)
    assert (started(lanes)["a"], lanes.loads(NOW)) == (0, [])
    endpoints.rests.clear()
    lanes.changed("a", NOW)
    assert (started(lanes)["a"], len(lanes.loads(NOW))) == (1, 1)
