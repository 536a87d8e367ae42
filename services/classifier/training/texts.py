"""The labelled texts (corpus/*.jsonl, one author a file) as what the model learns from."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, cast

from shared.catalog import matcher
from shared.contracts.events import News, Source, SourceType
from shared.contracts.signals import Asserted, Direction, SignalType
from shared.domain.judgement import features, reader
from shared.domain.judgement.document import Document, analyse
from shared.domain.judgement.gate import Names

CORPUS: Final = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Label:
    type: SignalType
    asserted: Asserted
    direction: Direction
    materials: tuple[str, ...]
    issuer: str | None
    targets: tuple[str, ...]
    evidence: str


@dataclass(frozen=True)
class Item:
    id: str
    file: str
    news: News
    labels: tuple[Label, ...]
    group: str
    """Of texts that belong together, as the two of a minimal pair: never divided between learning and reporting."""

    @property
    def relevant(self) -> bool:
        return bool(self.labels)


def load(folder: Path = CORPUS) -> list[Item]:
    return [
        _item(path.stem, json.loads(line))
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_bytes().splitlines()
    ]


def digest(folder: Path = CORPUS) -> str:
    """Of what was learned from."""
    every = sha256()
    for path in sorted(folder.glob("*.jsonl")):
        every.update(path.read_bytes())
    return every.hexdigest()[:16]


def _item(file: str, row: dict[str, object]) -> Item:
    # a social post may have no title, which the door would ask for: built without its checks
    news = News.model_construct(
        kind="news",
        source=Source(name=file, type=cast("SourceType", row["source_type"])),
        published_at=datetime.fromisoformat(f"{row['published']}T12:00:00+00:00").astimezone(UTC),
        title=str(row["title"]),
        body=str(row["body"]),
        language=str(row["language"]),
        url=None,
        id=str(row["id"]),
    )
    signals = cast("list[dict[str, object]]", row["signals"])
    pair = next((tag for tag in cast("list[str]", row.get("tags", [])) if tag.startswith("pair:")), row["id"])
    return Item(str(row["id"]), file, news, tuple(_label(signal) for signal in signals), f"{file}/{pair}")


def _label(row: dict[str, object]) -> Label:
    return Label(
        type=cast("SignalType", row["type"]),
        asserted=cast("Asserted", row["asserted"]),
        direction=cast("Direction", row["direction"]),
        materials=tuple(cast("list[str]", row["materials"])),
        issuer=cast("str | None", row["issuer"]),
        targets=tuple(cast("list[str]", row["targets"])),
        evidence=str(row["evidence"]),
    )


@dataclass(frozen=True)
class Window:
    features: frozenset[int]
    types: frozenset[SignalType]
    """Of the labels whose evidence stands in it."""
    elsewhere: frozenset[SignalType]
    """Of the text's other labels: it may speak of them too."""


@dataclass(frozen=True)
class Claim:
    features: frozenset[int]
    label: Label


@dataclass(frozen=True)
class Prepared:
    item: Item
    document: Document
    windows: tuple[Window, ...]
    claims: tuple[Claim, ...]


def prepare(item: Item) -> Prepared:
    document = analyse(item.news, Names(matcher.find(item.news.title), matcher.find(item.news.body)))
    per_sentence = [features.of(sentence) for sentence in document.sentences]
    told = [(label, told_by(document, label)) for label in item.labels]
    windows = []
    for window in reader.windows(document.sentences):
        found = features.of_text([document.sentences[i] for i in window], [per_sentence[i] for i in window])
        here = {label.type for label, places in told if set(places) & set(window)}
        every = {label.type for label, _ in told}
        windows.append(Window(_keys(found), frozenset(here), frozenset(every - here)))
    claims = [
        Claim(_keys(reader.claim_features(label.type, document.sentences, per_sentence, place)), label)
        for label, places in told
        for place in places
    ]
    return Prepared(item, document, tuple(windows), tuple(claims))


def told_by(document: Document, label: Label) -> Sequence[int]:
    """Sentences that the label's evidence touches; the first one where it cannot be found."""
    for field, text in (("title", document.news.title), ("body", document.news.body)):
        start = text.find(label.evidence) if label.evidence else -1
        if start >= 0:
            return list(_touched(document, field, start, start + len(label.evidence)))
    return [0] if document.sentences else []


def _touched(document: Document, field: str, start: int, end: int) -> Iterator[int]:
    for index, sentence in enumerate(document.sentences):
        if sentence.field == field and sentence.start < end and sentence.end > start:
            yield index


def _keys(found: set[str]) -> frozenset[int]:
    return frozenset(map(features.key, found))
