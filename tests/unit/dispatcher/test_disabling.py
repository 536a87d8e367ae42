"""What operators are told of an endpoint that was disabled."""

from dataclasses import replace
from datetime import timedelta

import orjson

from services.dispatcher.disabling import disabled_letter
from tests.unit.dispatcher.making import MOMENT, letter, receiver


def test_it_is_dated_by_the_systems_clock_and_holds_no_secret() -> None:
    ahead = replace(letter(), accepted_at=MOMENT + timedelta(days=90))
    secret = receiver(url="https://hooks.example/T0/secret?key=1")
    told = disabled_letter(secret, "it is gone", MOMENT - timedelta(days=5), ahead, MOMENT + timedelta(hours=1))
    body = orjson.loads(told.body)
    operators = replace(receiver("ops", customer_id=None).interest, since=ahead.accepted_at)
    assert operators.wants(told), "who was registered on a clock that is ahead hears of it"
    assert told.accepted_at == MOMENT + timedelta(days=90, hours=1)
    assert (body["timestamp"], body["data"]["since"]) == ("2026-05-30T13:00:00.000000Z", "2026-02-24T12:00:00.000000Z")
    assert body["data"]["url"] == "https://hooks.example"
