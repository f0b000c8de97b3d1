"""Lines in a small SVG picture: panels one below the other, each with an axis on the left and one on the right."""

from dataclasses import dataclass, field
from pathlib import Path

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 320, 56, 56, 34, 40
INK, PAPER, RULE = "#333", "#fff", "#999"
BLUE, DARK, RED, GREEN = "#6b9bd1", "#1f4e8c", "#b3261e", "#2e7d32"


@dataclass
class Lines:
    """Points (x, y) by the name of their line, with its colour; all share an axis from `low` to `high`."""

    points: dict[str, tuple[str, list[tuple[float, float]]]]
    low: float
    high: float
    digits: str = ".3g"


@dataclass
class Panel:
    """One picture: what its lines say of `across`, from `start` to `end`."""

    title: str
    across: str
    start: float
    end: float
    left: Lines
    right: Lines | None = None
    mark: float | None = None
    steps: list[str] = field(default_factory=list)


def write(panels: list[Panel], path: Path):
    """Writes the picture."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT * len(panels)}" font-family="sans-serif" '
        'font-size="11">',
        f'<rect width="{WIDTH}" height="{HEIGHT * len(panels)}" fill="{PAPER}"/>',
    ]
    for number, panel in enumerate(panels):
        parts += [f'<g transform="translate(0,{HEIGHT * number})">', *_drawn(panel), "</g>"]
    Path(path).write_text("\n".join([*parts, "</svg>"]) + "\n")


def _drawn(panel: Panel) -> list[str]:
    floor, right = HEIGHT - BOTTOM, WIDTH - RIGHT

    def x(value):
        return LEFT + (right - LEFT) * (value - panel.start) / ((panel.end - panel.start) or 1.0)

    def y(value, low, high):
        return floor - (floor - TOP) * min(1.0, max(0.0, (value - low) / ((high - low) or 1.0)))

    def text(across, down, words, anchor="middle", colour=INK):
        return f'<text x="{across:.1f}" y="{down:.1f}" text-anchor="{anchor}" fill="{colour}">{words}</text>'

    parts = [
        text(LEFT, 18, panel.title, "start"),
        f'<path d="M{LEFT},{TOP} V{floor} H{right} V{TOP}" fill="none" stroke="{RULE}"/>',
    ]
    for step in range(5):
        share = step / 4
        down = y(share, 0, 1) + 4
        place = panel.start + share * (panel.end - panel.start)
        parts.append(text(LEFT - 6, down, f"{_between(panel.left, share):{panel.left.digits}}", "end"))
        if panel.right:
            colour = next(iter(panel.right.points.values()))[0]
            parts.append(text(right + 6, down, f"{_between(panel.right, share):{panel.right.digits}}", "start", colour))
        parts.append(text(x(place), floor + 16, f"{place:.0f}" if panel.end > 2 else f"{place:.2f}"))
    parts.append(text((LEFT + right) / 2, HEIGHT - 8, panel.across))
    if panel.mark is not None:
        parts.append(f'<path d="M{x(panel.mark):.1f},{TOP} V{floor}" stroke="{RULE}" stroke-dasharray="3 3"/>')
    names = []
    for lines in (panel.left, panel.right):
        for name, (colour, points) in lines.points.items() if lines else ():
            places = " ".join(f"{x(across):.1f},{y(value, lines.low, lines.high):.1f}" for across, value in points)
            parts.append(f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
            names.append(f'<tspan fill="{colour}">{name}{" (right axis)" if lines is panel.right else ""}</tspan>')
    return [*parts, f'<text x="{right}" y="18" text-anchor="end">{"  · ".join(names)}</text>']


def _between(lines: Lines, share: float) -> float:
    return lines.low + share * (lines.high - lines.low)
