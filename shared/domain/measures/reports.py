"""Which of the reports on a measure count: of one signal the newest known, and none where a human took it back."""

from collections.abc import Iterable
from datetime import datetime

from shared.contracts.measures import Report

Key = tuple[str, ...]


def key_of(report: Report) -> Key:
    """Reports written before they named their signal: one a story and source."""
    if report.signal_id:
        return (report.signal_id,)
    return report.event_id, report.story_id, report.evidence.source


def standing_reports(reports: Iterable[Report], known_at: datetime | None = None) -> list[Report]:
    """In the order in which their signals were first read, whatever was said of these since."""
    newest: dict[Key, Report] = {}
    for report in reports:
        if known_at is None or report.known_at <= known_at:
            newest[key_of(report)] = report
    return [report for report in newest.values() if not report.withdrawn]
