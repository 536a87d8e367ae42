"""What `chokepoint listen` shows of a webhook."""

from io import StringIO

from pydantic import JsonValue
from rich.console import Console

from services.cli.receiver import Received
from services.cli.webhook_view import shown

BODY: dict[str, JsonValue] = {
    "type": "alert.opened",
    "timestamp": "2026-11-25T04:00:00Z",
    "data": {
        "id": "a1", "customer_id": "sample-motors", "kind": "measure", "severity": "high", "status": "open",
        "title": "China restricts terbium", "summary": "45 days of stock.", "sequence": 7, "revision": 1,
        "opened_at": "2026-11-25T04:00:00Z", "updated_at": "2026-11-25T04:00:00Z", "links": {},
    },
}  # fmt: skip


def on_screen(received: Received) -> str:
    screen = StringIO()
    Console(file=screen, width=100).print(shown(received))
    return screen.getvalue()


def test_one_that_was_taken_is_read_out() -> None:
    shown = on_screen(Received("msg_1", BODY, replay=False))
    assert "China restricts terbium" in shown
    assert "verified msg_1 ─" in shown


def test_one_that_was_refused_on_purpose_is_a_line_and_the_repeat_says_that_it_is_one() -> None:
    assert on_screen(Received("msg_1", BODY, replay=False, answered=503)) == (
        "answered 503 on purpose #7 alert.opened verified msg_1 · attempt 1\n"
    )
    assert "verified msg_1 · attempt 2" in on_screen(Received("msg_1", BODY, replay=False, attempt=2))
