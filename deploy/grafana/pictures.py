"""Pictures of the dashboards as a Prometheus answers them now, for whoever has no Grafana at hand:

.venv/bin/python -m deploy.grafana.pictures http://127.0.0.1:9090 --minutes 30 --into docs/dashboards
"""

import argparse
import time
from pathlib import Path

from deploy.grafana.ask import answer
from deploy.grafana.boards import BOARDS
from deploy.grafana.draw import HEIGHT, WIDTH, panel_picture
from deploy.grafana.panel import Board
from services.cli.svg import text

GAP = 12
COLUMNS = 2
HEAD = 54


def picture(prometheus: str, board: Board, start: float, end: float) -> str:
    rows = -(-len(board.panels) // COLUMNS)
    width, height = COLUMNS * (WIDTH + GAP) + GAP, HEAD + rows * (HEIGHT + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">',
        f'<rect width="{width}" height="{height}" fill="#f3f5f7"/>',
        text(GAP + 2, 34, board.title, size=22, weight="bold", fill="#20262d"),
        text(width - GAP, 34, board.about, size=13, anchor="end", fill="#66707c"),
    ]
    for number, panel in enumerate(board.panels):
        x, y = GAP + number % COLUMNS * (WIDTH + GAP), HEAD + number // COLUMNS * (HEIGHT + GAP)
        drawn = panel_picture(panel, answer(prometheus, panel, start, end), start, end)
        parts.append(f'<g transform="translate({x} {y})">\n{drawn}\n</g>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Pictures of the dashboards, as a Prometheus answers them now.")
    parser.add_argument("prometheus", help="its URL")
    parser.add_argument("--minutes", type=float, default=60, help="how far back they look")
    parser.add_argument("--into", type=Path, default=Path("docs/dashboards"), help="the folder for the SVG files")
    asked = parser.parse_args()
    asked.into.mkdir(parents=True, exist_ok=True)
    end = time.time()
    for board in BOARDS:
        path = asked.into / f"{board.uid.removeprefix('chokepoint-')}.svg"
        path.write_text(picture(asked.prometheus, board, end - asked.minutes * 60, end))
        print(path)  # noqa: T201


if __name__ == "__main__":
    main()
