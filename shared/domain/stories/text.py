"""A text that was read, as it is remembered: what it said, in which sentences, and in which story."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from shared.contracts.signals import Signal
from shared.domain.judgement import fingerprint
from shared.domain.stories.propositions import Proposition, figures_of

ENDING: Final = 600
"""Letters: what of a sentence is kept to know it by under another dateline: all of it, as a rule."""
_SHORTEST_ENDING: Final = 24


@dataclass(frozen=True, slots=True)
class Claim:
    proposition: Proposition
    figures: tuple[str, ...]
    told_by: tuple[int, ...]
    endings: tuple[str, ...]
    """Of the sentences that it rests on."""
    story: str

    @classmethod
    def of(cls, signal: Signal, near: Sequence[int], story: str) -> Self:
        return cls(
            Proposition.of(signal), tuple(sorted(figures_of(signal))), told_by(signal, near), _endings(signal), story
        )

    @classmethod
    def load(cls, raw: Mapping[str, Any]) -> Self:
        said = raw["proposition"]
        proposition = Proposition(said["type"], said["issuer"], said["voice"], tuple(said["materials"]))
        return cls(proposition, tuple(raw["figures"]), tuple(raw["told_by"]), tuple(raw["endings"]), raw["story"])


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

    @classmethod
    def load(cls, raw: Mapping[str, Any]) -> Self:
        claims = tuple(map(Claim.load, raw["claims"]))
        return cls(raw["day"], raw["seen"], tuple(raw["figures"]), tuple(raw["sentences"]), claims)

    def materials(self) -> set[str]:
        return {slug for claim in self.claims for slug in claim.proposition.materials}

    def story_of(self, proposition: Proposition) -> str:
        alike = (claim.story for claim in self.claims if proposition.repeats(claim.proposition))
        about = (claim.story for claim in self.claims if proposition.is_within(claim.proposition.materials))
        return next(alike, None) or next(about, None) or self.claims[0].story

    def says(self, signal: Signal) -> bool:
        """In other words."""
        proposition, told = Proposition.of(signal), figures_of(signal)
        return any(proposition.repeats(claim.proposition) and told <= {*claim.figures} for claim in self.claims)

    def words(self, signal: Signal) -> bool:
        """In the same words but for what stands before them, be it a dateline, a byline or the heading of a section.
        Without it the classifier may take them for another type, not for another act."""
        proposition, endings = Proposition.of(signal), _endings(signal)
        return any(
            claim.proposition.voice == proposition.voice and _end_alike(one, other)
            for claim in self.claims
            for one in claim.endings
            for other in endings
        )

    def is_headed_otherwise(self, headline: frozenset[str]) -> bool:
        """Both headlines count or date something, and not the same."""
        return bool(self.figures) and bool(headline) and headline.isdisjoint(self.figures)

    def shared(self, sentences: Sequence[int]) -> int:
        return len({*sentences} & {*self.sentences})

    def rests_on_any(self, sentences: Sequence[int]) -> bool:
        """True of a text whose signals rest on its headline alone, too."""
        telling = {one for claim in self.claims for one in claim.told_by}
        return not telling or not telling.isdisjoint(sentences)


def told_by(signal: Signal, near: Sequence[int]) -> tuple[int, ...]:
    """A headline counts only where the text has nothing else."""
    found = (fingerprint.sentence(evidence.text) for evidence in signal.evidence)
    return tuple(known for known in found if known in near and known is not None)


def _endings(signal: Signal) -> tuple[str, ...]:
    said = (fingerprint.normal(evidence.text)[-ENDING:] for evidence in signal.evidence if evidence.field == "body")
    return tuple(dict.fromkeys(said))


def _end_alike(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= max(_SHORTEST_ENDING, len(longer) / 2) and longer.endswith(shorter)
