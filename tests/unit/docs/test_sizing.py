"""The figures of docs/sizing.md are those that were measured."""

import pytest

from bench.page import COLUMNS, NAMED, PAGE, ROW, figure, figures, refreshed


def test_the_page_shows_what_was_measured() -> None:
    assert PAGE.read_text() == refreshed(PAGE.read_text(), figures()), "run `python -m bench.page`"


def test_every_table_is_read() -> None:
    text = PAGE.read_text()
    assert {name.partition("_")[0] for *_, name in NAMED.findall(text)} >= {
        "memory",
        "cpu",
        "sizing",
        "latency",
        "metrics",
    }
    assert [found[1] for found in ROW.findall(text)] == ["alert", "stock", "news", "customer"]
    shown = {
        f"sizing_{found[1]}_{column}" for found in ROW.findall(text) for column in COLUMNS.findall(text)[0].split(" | ")
    }
    stages = tuple(f"sizing_{found[1]}_" for found in ROW.findall(text))
    assert {name for name in figures() if name.startswith(stages)} <= shown


@pytest.mark.parametrize(
    ("value", "shown"), [(0.0352, "0.035"), (0.195, "0.2"), (7.213, "7.2"), (54.8, "55"), (12_345.6, "12,346")]
)
def test_a_figure_has_the_digits_that_it_deserves(value: float, shown: str) -> None:
    assert figure(value) == shown
