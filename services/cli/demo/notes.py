"""Where a lane's call-outs stand: above it, each beside its leader, in rows that do not lie on each other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from services.cli.demo.axis import DOT, WIDTH
from services.cli.demo.callouts import Callout
from services.cli.svg import GREY, line, text, width_of

ROWS, NOTE, SIDE = 2, 30, 5
WORDS = ROWS * NOTE + 2


@dataclass(frozen=True, slots=True)
class Note:
    """A call-out and where it stands: to the right of its leader where there is room, else to the left."""

    callout: Callout
    x: float
    end: float
    """Of its dot, from above."""
    row: int

    @property
    def is_right(self) -> bool:
        return self.x + SIDE + self.width < WIDTH

    @property
    def width(self) -> float:
        return max(width_of(words, 11) for words in (self.callout.head, self.callout.words))

    @property
    def span(self) -> tuple[float, float]:
        return (self.x, self.x + self.width) if self.is_right else (self.x - self.width, self.x)

    def meets(self, other: "Note") -> bool:
        (begin, end), (its_begin, its_end) = self.span, other.span
        return begin - 3 * SIDE < its_end and its_begin - 3 * SIDE < end

    def words(self, top: float) -> Iterator[str]:
        x, anchor = (self.x + SIDE, "start") if self.is_right else (self.x - SIDE, "end")
        y = top + NOTE * self.row + 10
        yield text(x, y, self.callout.head, size=11, weight="bold", anchor=anchor, is_edged=True)
        yield text(x, y + 13, self.callout.words, size=11, anchor=anchor, is_edged=True)

    def leader(self, top: float) -> str:
        return line(self.x, top + NOTE * self.row, self.x, self.end - DOT - 2, GREY)

    def ring(self) -> str:
        return (
            f'<circle cx="{self.x:.1f}" cy="{self.end:.1f}" r="{DOT + 2}" fill="none" stroke="#24292f" '
            'stroke-width="1.5"/>'
        )


def placed(callouts: Sequence[Callout], places: Mapping[str, tuple[float, float]]) -> list[Note]:
    """`places`: message id → its dot."""
    found: list[Note] = []
    for callout in callouts:
        note = Note(callout, *places[callout.told.webhook_id], row=ROWS - 1)
        if any(other.meets(note) for other in found):
            note = replace(note, row=0)
        found.append(note)
    return found
