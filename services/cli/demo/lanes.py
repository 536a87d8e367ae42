"""A buyer's lane: how its worst risk moved, a dot for each webhook below it, and two of them in words above."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from services.cli.demo.axis import COLOURS, DOT, LEFT, RIGHT, SEVERITIES, WIDTH, x_of
from services.cli.demo.callouts import callouts
from services.cli.demo.customers import CUSTOMERS, name_of
from services.cli.demo.notes import WORDS, placed
from services.cli.demo.stage import Sample
from services.cli.demo.told import Told
from services.cli.svg import GREY, dot, text
from shared.catalog.countries import name as country_name

SCORES, GAP = 96, 16
COLUMN = 7
BANDS = (
    (80, "severe", "#f3d9d6"),
    (60, "high", "#f8e6dc"),
    (40, "elevated", "#faf1dc"),
    (20, "guarded", "#eff4ea"),
    (0, "low", "#e4efe8"),
)
BAND = 20


@dataclass(frozen=True, slots=True)
class Axis:
    """Whole bands, no more than the scores need."""

    low: int
    high: int

    @classmethod
    def of(cls, samples: Iterable[Sample]) -> "Axis":
        bands = [min(int(sample.score // BAND), 100 // BAND - 1) for sample in samples] or [0]
        return cls(BAND * min(bands), BAND * (max(bands) + 1))

    def height(self, score: float) -> float:
        """Above the bottom of the panel."""
        return SCORES * (score - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Lane:
    customer: str
    samples: Sequence[Sample]
    told: Sequence[Told]
    axis: Axis

    @property
    def height(self) -> float:
        tallest = max((len(stack) for stack in self._stacks().values()), default=0)
        return WORDS + SCORES + max(COLUMN * tallest, 20) + GAP

    def draw(self, y: float) -> Iterator[str]:
        bottom = y + WORDS + SCORES
        yield from self._who(y + WORDS)
        yield from self._bands(bottom)
        places = list(self._places(bottom))
        notes = placed(callouts(self.told), {one.webhook_id: place for one, place in places})
        yield from (note.leader(y) for note in notes)
        yield from self._scores(bottom)
        for one, (x, centre) in places:
            yield dot(x, centre, DOT, SEVERITIES[one.alert.severity], f"{one.day}: {one.alert.title}")
        for note in notes:
            yield note.ring()
            yield from note.words(y)

    def _who(self, y: float) -> Iterator[str]:
        profile = CUSTOMERS[self.customer]
        yield dot(29, y + 9, 5, COLOURS[self.customer])
        yield text(42, y + 14, name_of(self.customer), weight="bold", size=14)
        yield text(42, y + 32, f"{profile.sector}, {country_name(profile.destination)}", size=11)
        yield text(42, y + 48, f"{len(self.told)} webhooks", size=11)
        yield text(LEFT - 30, y + SCORES / 2 - 4, "worst risk", anchor="end", size=10, fill=GREY)
        yield text(LEFT - 30, y + SCORES / 2 + 9, "of 100", anchor="end", size=10, fill=GREY)
        yield text(LEFT - 8, y + SCORES + 14, "webhooks", anchor="end", size=10, fill=GREY)

    def _bands(self, bottom: float) -> Iterator[str]:
        tall = self.axis.height(self.axis.low + BAND)
        for low, name, colour in BANDS:
            if self.axis.low <= low < self.axis.high:
                y = bottom - self.axis.height(low)
                yield (
                    f'<rect x="{LEFT}" y="{y - tall:.1f}" width="{WIDTH - LEFT - RIGHT}" height="{tall:.1f}" '
                    f'fill="{colour}"/>'
                )
                yield text(WIDTH - RIGHT + 6, y - tall / 2 + 4, name, size=10, fill=GREY)
                yield text(LEFT - 6, y + 3, str(low), size=9, anchor="end", fill=GREY)

    def _scores(self, bottom: float) -> Iterator[str]:
        path: list[str] = []
        before: float | None = None
        for sample in self.samples:
            x, y = x_of(sample.day), bottom - self.axis.height(sample.score)
            path += [f"{x:.1f},{before:.1f}"] if before is not None else []
            path.append(f"{x:.1f},{y:.1f}")
            before = y
        if path:
            colour = COLOURS[self.customer]
            yield f'<polyline points="{" ".join(path)}" fill="none" stroke="{colour}" stroke-width="2.2"/>'

    def _places(self, bottom: float) -> Iterator[tuple[Told, tuple[float, float]]]:
        for column, stack in self._stacks().items():
            for number, one in enumerate(stack):
                yield one, (COLUMN * (column + 0.5), bottom + 7 + COLUMN * number)

    def _stacks(self) -> dict[int, list[Told]]:
        """Dots that would lie on each other hang below each other, the gravest on top."""
        ranks = list(SEVERITIES)
        found: defaultdict[int, list[Told]] = defaultdict(list)
        for one in self.told:
            found[int(x_of(one.day) // COLUMN)].append(one)
        return {
            column: sorted(stack, key=lambda one: (ranks.index(one.alert.severity), one.at))
            for column, stack in found.items()
        }
