"""What an event would do, as the scorers are asked about it."""

from services.control.what_if.supposing import by_news
from services.scorer.testing import MONDAY, Ledger, bought, signal


def test_an_article_with_two_signals_of_one_type_moves_what_each_is_about() -> None:
    signals = [signal("a"), signal("b", materials=["gallium"]), signal("c"), signal("d", asserted="denied")]
    supposed = by_news(signals, MONDAY).signals
    assert [each.novelty for each in supposed] == ["new"] * 4
    stories = [each.story_id for each in supposed]
    assert stories[0] == stories[2] == stories[3] != stories[1]
    ledger = Ledger()
    ledger.customer("acme", bought(), bought("gallium"))
    before = [ledger.risk("acme", slug)["score"] for slug in ("terbium", "gallium")]
    ledger.news(*supposed)
    after = [ledger.risk("acme", slug)["score"] for slug in ("terbium", "gallium")]
    assert all(now > then for now, then in zip(after, before, strict=True))
