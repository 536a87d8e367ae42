"""The page that `make eval` writes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from services.classifier.training import texts
from services.classifier.training.encoder.split import CHOSEN_ON, HELD_OUT, REPORTED, Part
from services.classifier.training.evaluate import pictures
from services.classifier.training.evaluate.curve import Point
from services.classifier.training.evaluate.leakage import copies
from services.classifier.training.evaluate.measures import (
    GOAL_OF_A_LANGUAGE,
    GOAL_OF_LONG,
    GOALS,
    LONG,
    Gates,
    Judged,
    by_type,
    gates,
    types,
)
from services.classifier.training.heads import MODALITIES
from services.classifier.training.scores import f1

LENGTHS: Final = ((0, 150, "to 150 letters"), (150, 600, "to 600"), (600, 2_000, "to 2,000"), (2_000, 10**9, "more"))

Rows = Sequence[Sequence[str]]

PAGE: Final = """# How well the news is read

Written by `make eval`. Ours is the encoder as a classifier runs it, its weights in whole numbers of one byte, with the
light model beside it, which was fitted here on the texts to learn from alone.

**The split**, by hash of a text's group (pairs stay together): {learned} texts to learn from; {chosen} on which
thresholds and calibration were chosen, {share:.0%} of each file; {reported} that this page is about: all of
`{held_out}.jsonl`, whose author nothing was learned from, and {parts}. Corpus `{corpus}`.

**Leakage**: of the texts that this page is about, {copies} share half of their twelve-letter shingles with one that was
learned from.

## The six gates

{gates}

Relevance: F1 of having a signal. Main type: macro-F1 of the surest signal's type, `none` among them. Every type:
macro-F1 over types, of the sets of types. Modality: macro-F1 of types rightly found. Long articles: F1 of
(type, modality), each as often as said. A language: F1 of the sets of types.

![confusion of main types](confusion.png)

![reliability](reliability.png)

## What each stage is worth

{ablation}

Left out one at a time. Where that changes what probabilities mean, limits were chosen anew.

## What more texts bring

{curve}

Main type and every type by the number of texts learned from, each time with all of the ones before. Of the readers
that are fitted in seconds: the encoder takes most of an hour for each point.

![learning curves](learning.png)

{slices}"""


def page(
    divided: Mapping[Part, Sequence[texts.Item]],
    told: Mapping[str, Sequence[Judged]],
    without: Mapping[str, Sequence[Judged]],
    learned: Mapping[str, Sequence[Point]],
) -> str:
    ours = told["ours"]
    slices = [
        *_sliced("By type", {kind: [f"{score:.2f}"] for kind, score in by_type(ours).items()}, ["F1"]),
        *_sliced("By modality", _by_modality(ours), ["F1", "said so"]),
        *_sliced("By language", _by(ours, lambda each: each.item.news.language or "-"), NAMES),
        *_sliced("By length", _by(ours, _length), NAMES),
        *_sliced("By source", _by(ours, lambda each: each.item.news.source.type), NAMES),
        *_sliced("By file", _by(ours, lambda each: each.item.file), NAMES),
    ]
    return PAGE.format(
        learned=len(divided["learn"]),
        chosen=len(divided["choose"]),
        share=CHOSEN_ON,
        reported=len(divided["report"]),
        held_out=HELD_OUT,
        parts=" and ".join(f"{share:.0%} of `{name}.jsonl`" for name, share in REPORTED.items()),
        corpus=texts.digest(),
        copies=len({one for one, _, _ in copies(divided["learn"], divided["report"])}),
        gates=_table(["", "goal", *told], _gates(told)),
        ablation=_table(
            ["", *GATES],
            [["ours", *_figures(ours)], *([f"without {name}", *_figures(each)] for name, each in without.items())],
        ),
        curve=_curve(learned),
        slices="\n".join(slices),
    )


def _gates(told: Mapping[str, Sequence[Judged]]) -> Rows:
    every = {name: gates(judged_) for name, judged_ in told.items()}
    rows = [
        [name.replace("_", " "), f"{goal:.2f}", *(f"{getattr(each, name):.3f}" for each in every.values())]
        for name, goal in GOALS.items()
    ]
    long = [gates([each for each in j if each.item.file == LONG]).signals for j in told.values()]
    rows.append(["all signals of long articles", f"{GOAL_OF_LONG:.2f}", *(f"{score:.3f}" for score in long)])
    worst = [min(_languages(judged_).items(), key=lambda pair: pair[1]) for judged_ in told.values()]
    rows.append(["worst language", f"{GOAL_OF_A_LANGUAGE:.2f}", *(f"{score:.3f} ({name})" for name, score in worst)])
    rows.append(["calibration error", "", *(f"{pictures.calibration_error(judged_):.3f}" for judged_ in told.values())])
    return rows


GATES: Final = ["relevance", "main type", "every type", "modality", "long articles", "worst language"]


def _figures(every: Sequence[Judged]) -> list[str]:
    found = gates(every)
    long = gates([each for each in every if each.item.file == LONG]).signals
    six = (found.relevance, found.main_type, found.every_type, found.modality, long, min(_languages(every).values()))
    return [f"{score:.3f}" for score in six]


def _curve(learned: Mapping[str, Sequence[Point]]) -> str:
    sizes = [str(size) for size, _ in next(iter(learned.values()))]
    rows = [
        [name, *(f"{told.main_type:.2f} / {told.every_type:.2f}" for _, told in points)]
        for name, points in learned.items()
    ]
    return _table(["texts", *sizes], rows)


def _languages(every: Sequence[Judged]) -> dict[str, float]:
    names = {each.item.news.language or "-" for each in every}
    return {name: types([each for each in every if each.item.news.language == name]) for name in sorted(names)}


NAMES: Final = ["texts", "relevance", "types", "modality", "signals"]


def _by(every: Sequence[Judged], key: Callable[[Judged], str]) -> dict[str, list[str]]:
    groups: dict[str, list[Judged]] = {}
    for each in every:
        groups.setdefault(key(each), []).append(each)
    return {name: _row(gates(group), types(group)) for name, group in sorted(groups.items())}


def _row(told: Gates, types_: float) -> list[str]:
    return [str(told.texts), *(f"{score:.2f}" for score in (told.relevance, types_, told.modality, told.signals))]


def _by_modality(every: Sequence[Judged]) -> dict[str, list[str]]:
    pairs = [pair for each in every for pair in each.modalities()]
    return {
        name: [f"{f1((said == name, true == name) for said, true in pairs):.2f}", str(sum(s == name for s, _ in pairs))]
        for name in MODALITIES
    }


def _length(each: Judged) -> str:
    size = len(each.item.news.title) + len(each.item.news.body)
    return next(name for low, high, name in LENGTHS if low <= size < high)


def _sliced(title: str, rows: Mapping[str, Sequence[str]], columns: Sequence[str]) -> list[str]:
    return [f"## {title}", "", _table(["", *columns], [[name, *row] for name, row in rows.items()]), ""]


def _table(head: Sequence[str], rows: Rows) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
