"""Texts that were read, so that a copy is known: under another headline and byline, cut short, or amid other text.

A sentence is known to the letter: one with another number, date or material says something else."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple, Self

from shared.catalog import matcher
from shared.contracts.signals import Judgement, Signal
from shared.domain.judgement import fingerprint
from shared.domain.stories.propositions import Proposition, figures, figures_of

SHORT: Final = 3
"""Sentences: of so few the headline is a part of what is said."""


@dataclass(frozen=True, slots=True)
class Claim:
    proposition: Proposition
    figures: tuple[str, ...]
    told_by: tuple[int, ...]
    story: str


@dataclass(frozen=True, slots=True)
class Text:
    day: int
    """Of its act or first copy; days are ordinals."""
    seen: int
    """When it last came."""
    figures: tuple[str, ...]
    """Of its headline."""
    sentences: tuple[int, ...]
    claims: tuple[Claim, ...]

    def materials(self) -> set[str]:
        return {slug for claim in self.claims for slug in claim.proposition.materials}

    def story_of(self, proposition: Proposition) -> str:
        alike = (claim.story for claim in self.claims if proposition.repeats(claim.proposition))
        about = (claim.story for claim in self.claims if proposition.is_within(claim.proposition.materials))
        return next(alike, None) or next(about, None) or self.claims[0].story

    def says(self, signal: Signal) -> bool:
        proposition, told = Proposition.of(signal), figures_of(signal)
        return any(proposition.repeats(claim.proposition) and told <= {*claim.figures} for claim in self.claims)

    def is_headed_otherwise(self, headline: frozenset[str]) -> bool:
        """Both headlines count or date something, and not the same."""
        return bool(self.figures) and bool(headline) and headline.isdisjoint(self.figures)

    def rests_on_any(self, sentences: Sequence[int]) -> bool:
        """True of a text whose signals rest on its headline alone, too."""
        telling = {one for claim in self.claims for one in claim.told_by}
        return not telling or not telling.isdisjoint(sentences)


class Known(NamedTuple):
    """Where a signal was told before, and in which story."""

    text: str
    story: str
    day: int


class Texts:
    def __init__(self) -> None:
        self._texts: dict[str, Text] = {}
        """By exact fingerprint, those seen last at the end."""
        self._said_in: dict[int, str] = {}
        """Sentence → the first of the texts that say it. Derived."""

    def recognise(self, judgement: Judgement) -> list[Known | None]:
        """For each signal, in order; None: not known from any text."""
        exact, near = judgement.fingerprints.exact, judgement.fingerprints.near
        same = self._texts.get(exact)
        if same and len(same.claims) == len(judgement.signals):
            return [Known(exact, claim.story, same.day) for claim in same.claims]
        original = self._original(judgement)
        return [self._known(signal, _told_by(signal, near), original) for signal in judgement.signals]

    def see(self, exact: str, today: int) -> None:
        self._keep(exact, replace(self._texts[exact], seen=today))

    def remember(self, judgement: Judgement, stories: Sequence[str], day: int, today: int) -> None:
        prints = judgement.fingerprints
        claims = tuple(
            Claim(Proposition.of(signal), tuple(sorted(figures_of(signal))), _told_by(signal, prints.near), story)
            for signal, story in zip(judgement.signals, stories, strict=True)
        )
        headline = tuple(sorted(figures(judgement.title)))
        self._keep(prints.exact, Text(day, today, headline, prints.near, claims))

    def forget(self, before: int, most: int) -> None:
        """Those not seen since that day and, of more than so many, those not seen for longest."""
        longest_unseen = next(iter(self._texts.values()), None)
        if longest_unseen is None or (longest_unseen.seen >= before and len(self._texts) <= most):
            return
        kept = [(exact, text) for exact, text in self._texts.items() if text.seen >= before][-most:]
        self._texts, self._said_in = {}, {}
        for exact, text in kept:
            self._keep(exact, text)

    def dump(self) -> dict[str, Text]:
        return self._texts

    @classmethod
    def load(cls, raw: Mapping[str, Any]) -> Self:
        texts = cls()
        for exact, text in raw.items():
            claims = tuple(map(_claim, text["claims"]))
            numbers, sentences = tuple(text["figures"]), tuple(text["sentences"])
            texts._keep(exact, Text(text["day"], text["seen"], numbers, sentences, claims))
        return texts

    def _keep(self, exact: str, text: Text) -> None:
        self._texts.pop(exact, None)
        self._texts[exact] = text
        for known in text.sentences:
            self._said_in.setdefault(known, exact)

    def _original(self, judgement: Judgement) -> str | None:
        """The text of which this is a copy: it has half of the shorter one, and of what a signal rested on."""
        said = judgement.fingerprints.near
        for exact, shared in Counter(self._said_in[one] for one in said if one in self._said_in).most_common(1):
            text = self._texts[exact]
            other_act = len(said) < SHORT and text.is_headed_otherwise(figures(judgement.title))
            most = 2 * shared >= min(len(said), len(text.sentences))
            return exact if most and text.rests_on_any(said) and not other_act else None
        return None

    def _known(self, signal: Signal, told_by: tuple[int, ...], original: str | None) -> Known | None:
        for exact in dict.fromkeys([original, *map(self._said_in.get, told_by)]):
            if exact and self._was_told(signal, told_by, self._texts[exact], is_copy=exact == original):
                text = self._texts[exact]
                return Known(exact, text.story_of(Proposition.of(signal)), text.day)
        return None

    def _was_told(self, signal: Signal, told_by: tuple[int, ...], text: Text, *, is_copy: bool) -> bool:
        proposition = Proposition.of(signal)
        if told_by and 2 * len({*told_by} & {*text.sentences}) >= len(told_by):
            return proposition.is_within(text.materials() | _named_by(signal))
        if is_copy and not told_by:  # another headline over known sentences
            return proposition.is_within(text.materials()) and not text.is_headed_otherwise(figures_of(signal))
        return is_copy and text.says(signal)


def _told_by(signal: Signal, near: Sequence[int]) -> tuple[int, ...]:
    """A headline counts only where the text has nothing else."""
    found = (fingerprint.sentence(evidence.text) for evidence in signal.evidence)
    return tuple(known for known in found if known in near and known is not None)


def _named_by(signal: Signal) -> set[str]:
    return {span.slug for evidence in signal.evidence for span in matcher.find(evidence.text)}


def _claim(raw: Mapping[str, Any]) -> Claim:
    said = raw["proposition"]
    proposition = Proposition(said["type"], said["issuer"], said["voice"], tuple(said["materials"]))
    return Claim(proposition, tuple(raw["figures"]), tuple(raw["told_by"]), raw["story"])
