"""Prices and trade flows are passed on when they are newer than what we had, or correct it."""

from tests.unit.registry.world import World, flow, price


def test_a_newer_price_is_a_change() -> None:
    change = World().put(price(260, "2026-01-10"), "2026-01-10T02:00")
    assert change is not None
    assert change.cause == "price"
    assert change.price == price(260, "2026-01-10")


def test_the_same_price_again_an_older_one_and_a_correction() -> None:
    world = World()
    world.put(price(260, "2026-01-10"), "2026-01-10T02:00")
    assert world.put(price(260, "2026-01-10", id="again"), "2026-01-11T02:00") is None
    assert world.put(price(250, "2026-01-09"), "2026-01-11T02:00") is None
    assert world.put(price(265, "2026-01-10"), "2026-01-11T02:00") is not None
    assert world.put(price(60, "2026-01-09", material="holmium"), "2026-01-11T02:00") is not None


def test_flows_alike() -> None:
    world = World()
    change = world.put(flow(1_000, "2025-12"), "2026-01-10T02:00")
    assert change is not None
    assert (change.cause, change.trade_flow) == ("trade_flow", flow(1_000, "2025-12"))
    assert world.put(flow(1_000, "2025-12"), "2026-01-11T02:00") is None
    assert world.put(flow(900, "2025-11"), "2026-01-11T02:00") is None
    assert world.put(flow(12_000, "2025"), "2026-01-11T02:00") is not None, "a year is not older than a month of it"
