"""What an event would do, as the scorers are asked about it."""

from services.control.what_if.supposing import by_news
from services.scorer.testing import MONDAY, Ledger, bought, signal


def test_an_article_with_two_signals_of_one_type_moves_what_each_is_about() -> None:
    signals = [signal("a"), signal("b", materials=["gallium"]), signal("c")]
    supposed = by_news(signals, MONDAY).signals
    assert [each.novelty for each in supposed] == ["new"] * 3
    assert supposed[0].story_id == supposed[2].story_id != supposed[1].story_id
    ledger = Ledger()
    ledger.customer("acme", bought(), bought("gallium"))
    before = [ledger.risk("acme", slug)["score"] for slug in ("terbium", "gallium")]
    ledger.news(*supposed)
    after = [ledger.risk("acme", slug)["score"] for slug in ("terbium", "gallium")]
    assert all(now > then for now, then in zip(after, before, strict=True))
