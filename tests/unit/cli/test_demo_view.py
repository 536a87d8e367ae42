"""An alert on the terminal: whom, how grave, what, and what to do."""

from datetime import date

from rich.console import Console, RenderableType

from services.cli.demo import view
from services.cli.demo.customers import CUSTOMERS, MAGNETS
from services.cli.demo.testing import ANY_DAY, alert, journal_of, told
from services.cli.supervisor.log_lines import LogLine
from shared.contracts.alerts import Headline
from shared.domain.alerts.meaning import Exposed, summary
from shared.domain.alerts.telling import Telling
from shared.domain.risk.outlook import Outlook
from shared.domain.risk.policy import Regime

TODAY = date(2025, 4, 4)


def shown(what: RenderableType) -> str:
    console = Console(width=120, record=True, file=None, quiet=False)
    with console.capture() as capture:
        console.print(what)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def test_an_alert_says_how_grave_it_is_whom_it_concerns_and_what_to_do() -> None:
    row = shown(view.alert_row(told(alert(2, MAGNETS, severity="critical"))))
    assert "critical" in row
    assert "Potomac Magnetics" in row
    assert "Message 2" in row
    assert "→ act." in row


def test_stock_and_risk_stand_in_one_line() -> None:
    headline = Headline(stockout_on=date(2025, 6, 15), probability=0.64, gap_days=50.2)
    facts = view.facts(alert(material="terbium", score=53.4, previous_score=38.2, headline=headline))
    assert facts == (
        "terbium: stock until 15 June 2025 · 50 days too short · 64% to run out within 30 days · risk 53, was 38"
    )
    assert view.facts(alert(material="terbium", score=53.4, previous_score=53.3)) == "terbium: risk 53"


def test_advice_is_not_repeated_and_a_message_that_something_is_over_is_no_alarm() -> None:
    again = shown(view.alert_row(told(alert(2)), advised=True))
    assert "→" not in again
    over = shown(view.alert_row(told(alert(3, severity="critical"), type_="alert.resolved")))
    assert "✓ over" in over
    assert "critical" not in over


def test_news_is_quoted() -> None:
    news = shown(view.alert_row(told(alert(2, kind="signal"))))
    assert "“as it was said” — Wire" in news
    row = view.alert_row(told(alert(2, kind="signal")), headlines=["as it was said"])
    assert "— Wire" not in shown(row), "it stands above already"


def test_the_first_message_of_a_customer_is_shown_in_full() -> None:
    assert "stock lasts." in shown(view.alert_row(told(alert(1))))
    assert "stock lasts." not in shown(view.alert_row(told(alert(2))))


def test_what_has_no_end_in_sight_does_not_read_milder_than_what_has_one() -> None:
    outlook = Outlook(40, 100, (0.1, 0.2, 0.3, 0.4), None, Regime.BARRED, date(2025, 3, 12), None, True)
    said = summary(
        Telling(title="t", happened="h.", do="d.", basis="b."),
        Exposed("gallium", outlook, "guarded", None, 0, False, 0, 0),
    )
    headline = Headline(stockout_on=outlook.stockout_on)
    facts = view.facts(alert(material="gallium", score=40, headline=headline, summary=said))
    assert "no end in sight: more likely than not over 3 years" in facts


def test_on_a_day_without_events_the_cause_is_time() -> None:
    over = told(alert(2, kind="signal"), type_="alert.resolved")
    assert view.cause_in_time(over) == "30 days have passed without further news of it"
    assert "stock runs down" in view.cause_in_time(told(alert(2, kind="score"), type_="alert.updated"))


def test_the_parts_are_those_of_the_product_s_own_text() -> None:
    telling = Telling(title="t", happened="It happened.", do="Buy now.", basis="On the evidence of a notice.")
    parts = view.parts_of(summary(telling, None))
    assert parts == view.Parts("None of the materials in your profile is touched.", "Buy now.")
    assert view.parts_of("Another text altogether.") == view.Parts("", "")


def test_the_introduction_names_everyone_and_who_may_not_speak() -> None:
    text = shown(view.introduction())
    assert all(profile.name in text for profile in CUSTOMERS.values())
    assert text.count("may not say") == 1


def test_long_days_are_cut_short() -> None:
    heading = shown(view.day_heading(TODAY, [f"act {number}" for number in range(1, 7)]))
    assert "4 April 2025" in heading
    assert "and 2 more acts" in heading


def test_counts_add_up() -> None:
    journal = journal_of(alert(1), alert(2, severity="info"), alert(1, MAGNETS))
    rows = shown(view.counts(journal)).splitlines()
    assert [row.split()[-1] for row in rows[2:]] == ["0", "1", "2"]


def test_a_service_that_failed_has_its_last_word() -> None:
    line = LogLine("classifier", "error", "ended", fields={"reason": "the model is missing"})
    assert shown(view.last_words([line])) == "classifier said: ended the model is missing"


def test_the_verdict_names_what_is_missing() -> None:
    assert "missing: this" in shown(view.verdict(["this"], {}))
    assert "missing" not in shown(view.verdict([], {}))
    assert ANY_DAY.year == TODAY.year
