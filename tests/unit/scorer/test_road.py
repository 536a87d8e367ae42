"""The road's three events for one exposed customer: an act, a decision, a low stock; three messages, 1, 2, 3."""

from services.scorer.testing import Ledger, bought, measure


def motor_maker(ledger: Ledger) -> None:
    ledger.customer("acme", bought(origins={"CN": 0.9, "MY": 0.1}, substitutability=0.1, revenue_share=0.4))


def test_an_act_a_denial_and_a_low_stock_are_three_messages(ledger: Ledger) -> None:
    motor_maker(ledger)
    ledger.act(measure())
    ledger.after(hours=1).decision("acme", "L-1", "denied")
    ledger.after(hours=1).stock("acme", on_hand_kg=3, daily_use_kg=3.3)
    told = ledger.messages
    assert [message["sequence"] for message in told] == [1, 2, 3]
    assert [message["number"] for message in told] == [1, 2, 3]
    assert [message["type"] for message in told] == ["alert.opened"] * 3
    assert [message["data"]["kind"] for message in told] == ["measure", "licence", "score"]
    assert [message["severity"] for message in told] == ["high", "high", "critical"]
    assert [message["cause"] for message in told] == [
        "change/1",
        "L-1-denied-2026-03-02 10:00:00+00:00",
        "stock-2026-03-02 11:00:00+00:00-3",
    ]


def test_the_act_says_what_happened_what_it_means_by_when_what_to_do_and_why(ledger: Ledger) -> None:
    motor_maker(ledger)
    [message] = ledger.act(measure())
    assert message["timestamp"] == "2026-03-02T09:00:00.000000Z"
    data = message["data"]
    assert data["title"] == "China: export licence requirement on terbium in force since 2 March 2026"
    for part in (
        "in force since 2 March 2026",
        "90% of your terbium comes from China",
        "Stock of terbium lasts 60 days, until 1 May 2026",
        "23 days before a licence filed today is likely to come (83 days)",
        "File for licences now",
        "On the evidence of Ministry of Commerce",
    ):
        assert part in data["summary"]
    assert data["headline"] == {"stockout_on": "2026-05-01", "probability": 0.0, "gap_days": 23.0}
    assert data["material"] == "terbium"
    assert data["previous_score"] < data["score"]
    assert data["measures"] == ["CN-1"]
    assert data["evidence"] == [
        {
            "source": "Ministry of Commerce",
            "published_at": "2026-03-02T09:00:00.000000Z",
            "text": "Licence requirement for terbium (CN-1)",
        }
    ]


def test_scores_of_what_moved_are_written_and_nothing_else(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=40), bought("copper"))
    ledger.customer("beta", bought("cobalt", origins={"CD": 1.0}))
    before = len(ledger.outputs)
    ledger.act(measure())
    moved = [output.key for output in ledger.outputs[before:] if output.topic == "risk.scores"]
    assert moved == [b"acme/terbium"]
    assert ledger.risk("acme", "terbium")["band"] == "elevated"


def test_the_most_exposed_hear_first(ledger: Ledger) -> None:
    ledger.customer("calm", bought(cover=300))
    ledger.customer("bare", bought(cover=2))
    ledger.customer("short", bought(cover=40))
    told = ledger.act(measure())
    assert [message["customer_id"] for message in told] == ["bare", "short", "calm"]
    scores = [message["data"]["score"] for message in told]
    assert scores == sorted(scores, reverse=True)


def test_outputs_carry_the_headers_of_their_cause(ledger: Ledger) -> None:
    motor_maker(ledger)
    before = len(ledger.outputs)
    ledger.act(measure())
    message, risk = ledger.outputs[before:]
    assert dict(message.headers)["accepted-at"] == b"2026-03-02T09:00:00.000000Z"
    assert dict(message.headers)["event-id"] == b"event-1"
    assert dict(message.headers)["schema"] == b"alert/1"
    assert dict(message.headers)["caused-by"] == b"change/1"
    assert dict(risk.headers)["schema"] == b"risk/1"
    assert (message.key, risk.key) == (b"acme", b"acme/terbium")
