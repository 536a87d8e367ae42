"""What pictures are drawn with: lines, dots and texts of an SVG."""

from html import escape

GREY = "#6b7280"


def line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def dot(x: float, y: float, radius: float, colour: str, title: str = "") -> str:
    inside = f"<title>{escape(title)}</title>" if title else ""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}">{inside}</circle>'


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: int = 12,
    weight: str = "normal",
    anchor: str = "start",
    fill: str = "",
    is_edged: bool = False,
) -> str:
    """`is_edged`: in white, so that it is read where a line passes behind it."""
    colour = f' fill="{fill}"' if fill else ""
    if is_edged:
        colour += ' paint-order="stroke" stroke="#ffffff" stroke-width="4" stroke-linejoin="round"'
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}"{colour}>'
        f"{escape(words)}</text>"
    )


def width_of(words: str, size: int) -> float:
    """About as wide as it is drawn."""
    return 0.52 * size * len(words)
