"""Texts that were read, so that a copy is known: under another headline and byline, cut short, or amid other text.

A sentence is known to the letter: one with another number, date or material says something else."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple, Self

from shared.catalog import matcher
from shared.contracts.signals import Judgement, Signal
from shared.domain.stories.propositions import Proposition, figures, figures_of
from shared.domain.stories.text import Claim, Text, told_by

SHORT: Final = 3
"""Sentences: of so few the headline is a part of what is said."""


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
        return [self._known(signal, near, original) for signal in judgement.signals]

    def see(self, exact: str, today: int) -> None:
        self._keep(exact, replace(self._texts[exact], seen=today))

    def remember(self, judgement: Judgement, stories: Sequence[str], day: int, today: int) -> None:
        prints = judgement.fingerprints
        claims = tuple(
            Claim.of(signal, prints.near, story) for signal, story in zip(judgement.signals, stories, strict=True)
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
            texts._keep(exact, Text.load(text))
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
            rests = text.rests_on_any(said) or any(map(text.words, judgement.signals))
            return exact if most and rests and not other_act else None
        return None

    def _known(self, signal: Signal, near: Sequence[int], original: str | None) -> Known | None:
        sentences = told_by(signal, near)
        for exact in dict.fromkeys([original, *map(self._said_in.get, sentences)]):
            if exact and _was_told(signal, sentences, near, self._texts[exact], is_copy=exact == original):
                text = self._texts[exact]
                return Known(exact, text.story_of(Proposition.of(signal)), text.day)
        return None


def _was_told(signal: Signal, sentences: Sequence[int], near: Sequence[int], text: Text, *, is_copy: bool) -> bool:
    """Of a sentence that is known, what the classifier takes it for does not matter."""
    proposition = Proposition.of(signal)
    if sentences and 2 * text.shared(sentences) >= len(sentences):
        # a copy in another order takes what a sentence is about from another one
        is_all_known = is_copy and text.shared(near) == len(near)
        return is_all_known or proposition.is_within(text.materials() | _named_by(signal))
    if is_copy and not sentences:  # another headline over known sentences
        return proposition.is_within(text.materials()) and not text.is_headed_otherwise(figures_of(signal))
    return is_copy and (text.says(signal) or text.words(signal))


def _named_by(signal: Signal) -> set[str]:
    return {span.slug for evidence in signal.evidence for span in matcher.find(evidence.text)}
