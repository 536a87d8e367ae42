"""`judge`: the one entry, for the loop and for `/classify`.

Gate, sentences, reader; then each reading that is likely enough becomes a signal with its evidence, scope and days,
and each that was considered and is not kept is named with the reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from shared.catalog.countries import zone
from shared.contracts.events import News, Source
from shared.contracts.signals import Dropped, Evidence, Fingerprints, Judgement, Signal
from shared.domain.judgement import companies, direction, fingerprint, gate, propositions, scope, standing
from shared.domain.judgement.dates import days_in
from shared.domain.judgement.document import Document, analyse
from shared.domain.judgement.limits import Limits
from shared.domain.judgement.reader import Reader, Reading, light_reader

CONSIDERED_FROM: Final = 0.3
"""Relevance and chance from which a reading that is not kept is worth a word."""
MOST_SIGNALS: Final = 40
MOST_DROPPED: Final = 20
MOST_EVIDENCE: Final = 3


@dataclass(frozen=True)
class _Claim:
    """Readings that say the same: one type, one modality, materials in common."""

    readings: tuple[Reading, ...]
    materials: tuple[str, ...]


def ready_to_judge(reader: Reader | None = None) -> str:
    """Loads what judging needs, so that the first text does not wait for it. The classifier's name.

    :raises ChokepointError: the model is missing or of another version."""
    nothing = News(
        kind="news",
        source=Source(name="-", type="system"),
        published_at=datetime(2020, 1, 1, tzinfo=UTC),
        title="cobalt",
    )
    return judge(nothing, "-", reader).classifier


def judge(news: News, event_id: str, reader: Reader | None = None) -> Judgement:
    """By the light model, unless another reader is given."""
    reader = reader or light_reader()
    limits = reader.limits
    names = gate.look(news)
    document = analyse(news, names) if names else Document(news, None, ())
    readings = list(reader.read(document))
    meant = list(propositions.likeliest(readings, document))
    claims = _claims([each for each in meant if _why_not(each, limits) is None], document)
    strongest = sorted(claims, key=lambda claim: -_confidence(claim, limits))[:MOST_SIGNALS]
    return Judgement(
        event_id=event_id,
        source=standing.of(news.source),
        title=news.title,
        url=news.url,
        published_at=news.published_at,
        language=document.language or news.language or "und",
        fingerprints=_fingerprints(document, strongest),
        signals=tuple(
            _signal(f"{event_id}-{number}", event_id, claim, document, reader)
            for number, claim in enumerate(strongest, 1)
        ),
        dropped=tuple(_dropped(readings, meant, document, limits))[:MOST_DROPPED],
        classifier=reader.name,
    )


def _fingerprints(document: Document, claims: Sequence[_Claim]) -> Fingerprints:
    told_by = (reading.sentence for claim in claims for reading in claim.readings[:MOST_EVIDENCE])
    news = document.news
    return Fingerprints(exact=fingerprint.exact(news.title, news.body), near=fingerprint.near(document, told_by))


def _why_not(reading: Reading, limits: Limits) -> str | None:
    if reading.relevance < limits.relevant_from:
        return f"not about supply: {reading.relevance:.2f}, kept from {limits.relevant_from:.2f}"
    if not reading.likeliest and reading.chance < limits.also_from:
        return f"another type is likelier here: {reading.chance:.2f}, kept beside it from {limits.also_from:.2f}"
    confidence = reading.confidence(limits.calibration)
    if confidence < limits.confident_from:
        return f"not sure enough: {confidence:.2f}, kept from {limits.confident_from:.2f}"
    return None


def _claims(readings: Sequence[Reading], document: Document) -> list[_Claim]:
    claims: list[_Claim] = []
    for reading in readings:
        named = scope.materials(reading.sentence, document.sentences)
        for place, claim in enumerate(claims):
            if _says_the_same(claim, reading, named):
                both = tuple(dict.fromkeys((*claim.materials, *named)))
                claims[place] = _Claim((*claim.readings, reading), both)
                break
        else:
            claims.append(_Claim((reading,), named))
    return claims


def _says_the_same(claim: _Claim, reading: Reading, named: Sequence[str]) -> bool:
    first = claim.readings[0]
    alike = (first.type, first.asserted) == (reading.type, reading.asserted)
    return alike and (not claim.materials or not named or not set(claim.materials).isdisjoint(named))


def _confidence(claim: _Claim, limits: Limits) -> float:
    return max(each.confidence(limits.calibration) for each in claim.readings)


def _signal(number: str, event_id: str, claim: _Claim, document: Document, reader: Reader) -> Signal:
    news, sentences = document.news, document.sentences
    reading = max(claim.readings, key=lambda each: each.confidence(reader.limits.calibration))
    sentence = sentences[reading.sentence]
    issuer = scope.issuer(reading.type, reading.sentence, sentences)
    days = days_in(sentence.folded, news.published_at.astimezone(zone(issuer) if issuer else UTC).date())
    return Signal(
        id=number,
        event_id=event_id,
        type=reading.type,
        materials=claim.materials,
        issuer=issuer,
        targets=scope.targets(reading.type, issuer, reading.sentence, sentences),
        companies=companies.find(sentence.text),
        asserted=reading.asserted,
        direction=direction.of(reading.type, reading.asserted, reading.eases),
        effective_on=days.effective_on,
        expires_on=days.expires_on,
        occurred_on=days.occurred_on if reading.asserted == "asserted" else None,
        confidence=round(_confidence(claim, reader.limits), 3),
        source=standing.of(news.source),
        published_at=news.published_at,
        url=news.url,
        evidence=tuple(_evidence(document, each.sentence) for each in claim.readings[:MOST_EVIDENCE]),
        classifier=reader.name,
    )


def _dropped(
    readings: Sequence[Reading], meant: Sequence[Reading], document: Document, limits: Limits
) -> Iterator[Dropped]:
    told = {(reading.window, reading.type): reading for reading in meant}
    for reading in readings:
        kept = told.get((reading.window, reading.type))
        reason = _why_not(kept, limits) if kept else "another type says the same proposition and is likelier"
        if reason and min(reading.relevance, reading.chance) >= CONSIDERED_FROM:
            yield Dropped(type=reading.type, reason=reason, evidence=(_evidence(document, reading.sentence),))


def _evidence(document: Document, index: int) -> Evidence:
    sentence = document.sentences[index]
    return Evidence(start=sentence.start, end=sentence.end, text=sentence.text, field=sentence.field)
