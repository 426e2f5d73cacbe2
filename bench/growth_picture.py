"""Draw what `growth.py --json` measured: docs/explanation/growth.svg, legible on light and on dark.

    bench/growth_picture.py FILE...    a file of JSON for each database; without one nothing is drawn

Both axes are logarithmic: a straight line that rises by one step of ten for each step of ten is a cost in proportion.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

PICTURE = Path(__file__).parents[1] / "docs/explanation/growth.svg"
PANELS = {
    "plan": "Plan, nothing pending",
    "plan, pending": "Plan, 1,000 pending",
    "press": "Press of Sync, 1,000 pending",
    "change": "One person's change",
    "grant": "A grant to a tenth of the people",
    "database": "Size of the database",
}
WIDE, HIGH, LEFT, TOP, RIGHT, BOTTOM = 300, 210, 52, 34, 14, 34  # of one panel, and its margins
ACROSS = 3
TERMINALS = 1, 10, 100
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #222 }
.title { font-weight: 600 } .axis { stroke: #bbb } .small { font-size: 10px }
polyline { fill: none; stroke-width: 2 } .s0 { stroke: #0b62a4 } .s1 { stroke: #b4470c } .s2 { stroke: #1d7a3a }
.t0 { fill: #0b62a4 } .t1 { fill: #b4470c } .t2 { fill: #1d7a3a } .dashed { stroke-dasharray: 5 4 } .paper { fill: #fff }
@media (prefers-color-scheme: dark) {
  text { fill: #e6e6e6 } .axis { stroke: #555 } .paper { fill: #16181c }
  .s0 { stroke: #6db6ff } .s1 { stroke: #ff9d5c } .s2 { stroke: #6fd38b }
  .t0 { fill: #6db6ff } .t1 { fill: #ff9d5c } .t2 { fill: #6fd38b }
}
"""
Measured = list[dict[str, Any]]


def main(files: list[str]) -> int:
    """Draw it, if there is anything to draw."""
    if not files:
        return 0
    found = {name["database"]: name["costs"] for name in (json.loads(Path(file).read_text()) for file in files)}
    PICTURE.write_text(picture(found))
    return 0


def picture(found: dict[str, Measured]) -> str:
    """The whole drawing. A colour is a number of terminals; a dashed line is PostgreSQL."""
    rows = -(-len(PANELS) // ACROSS)
    width, height = ACROSS * WIDE, rows * HIGH + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="t">',
        '<title id="t">Costs by number of people, for 1, 10 and 100 terminals</title>',
        f'<style>{STYLE}</style><rect class="paper" width="{width}" height="{height}"/>',
    ]
    for number, what in enumerate(PANELS):
        parts.append(f'<g transform="translate({number % ACROSS * WIDE} {number // ACROSS * HIGH})">{panel(what, found)}</g>')
    shown = sorted({row["terminals"] for rows in found.values() for row in rows})
    legend = "".join(
        f'<text class="t{TERMINALS.index(count)}" x="{60 + nth * 130}" y="{height - 10}">{count} terminal(s)</text>'
        for nth, count in enumerate(shown)
    )
    databases = "whole line: SQLite; dashed: PostgreSQL" if len(found) > 1 else "SQLite"
    dashed = f'<text x="470" y="{height - 10}">{databases}</text>'
    return "\n".join([*parts, legend + dashed, "</svg>"]) + "\n"


def panel(what: str, found: dict[str, Measured]) -> str:
    """One cost, with a line for each number of terminals and database."""
    values = [row[what] for rows in found.values() for row in rows if what in row]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    parts = [f'<text class="title" x="{LEFT}" y="20">{PANELS[what]}</text>']
    parts += [grid(what, power, low, high) for power in range(low, high + 1)]
    parts += [
        f'<text class="small" text-anchor="middle" x="{x(people):.1f}" y="{HIGH - 16}">{people:,}</text>'
        for people in (1_000, 10_000, 100_000)
    ]
    for database, rows in found.items():
        for nth, terminals in enumerate(TERMINALS):
            costs = sorted((row["people"], row[what]) for row in rows if row["terminals"] == terminals and what in row)
            dashed = " dashed" * (database == "postgresql")
            parts.append(line([(x(people), y(cost, low, high)) for people, cost in costs], nth, dashed))
    return "".join(parts)


def grid(what: str, power: int, low: int, high: int) -> str:
    """A line across at a power of ten, and what it means."""
    at = y(10.0**power, low, high)
    across = f'<line class="axis" x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>'
    return f'{across}<text class="small" text-anchor="end" x="{LEFT - 5}" y="{at + 3:.1f}">{unit(what, 10.0**power)}</text>'


def line(points: list[tuple[float, float]], nth: int, dashed: str) -> str:
    """What was measured, joined."""
    joined = " ".join(f"{across:.1f},{down:.1f}" for across, down in points)
    dots = "".join(f'<circle class="t{nth}" r="3" cx="{across:.1f}" cy="{down:.1f}"/>' for across, down in points)
    return f'<polyline class="s{nth}{dashed}" points="{joined}"/>{dots}'


def x(people: float) -> float:
    """Where a number of people is: from 1,000 to 100,000."""
    return LEFT + 10 + (math.log10(people) - 3) / 2 * (WIDE - LEFT - RIGHT - 30)


def y(cost: float, low: int, high: int) -> float:
    """Where a cost is, between two powers of ten."""
    return TOP + (high - math.log10(cost)) / (high - low) * (HIGH - TOP - BOTTOM)


def unit(what: str, cost: float) -> str:
    """How an axis is marked."""
    return f"{cost:g} MB" if what == "database" else f"{cost:g} s" if cost >= 1 else f"{cost * 1e3:g} ms"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
