"""The history of a run as CSV and as a small SVG picture."""

import csv
from pathlib import Path

COLUMNS = ("epoch", "seconds", "rate", "train_loss", "dev_loss", "voice_gnsdr", "voice_gsir", "voice_gsar")
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 320, 56, 56, 34, 40


def write_csv(history: list[dict], path: Path):
    """One line an epoch; dev columns are empty where dev was not measured."""
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for row in history:
            writer.writerow({k: f"{v:.6g}" if isinstance(v, float) else v for k, v in row.items() if k in COLUMNS})


def write_svg(history: list[dict], path: Path, title: str, chosen: int):
    """Training and dev loss on the left axis, dev GNSDR on the right; a line marks the chosen epoch."""
    losses = [row[name] for row in history for name in ("train_loss", "dev_loss") if name in row]
    decibels = [row["voice_gnsdr"] for row in history if "voice_gnsdr" in row]
    last = max(row["epoch"] for row in history)
    late = [row[name] for row in history[len(history) // 20 :] for name in ("train_loss", "dev_loss") if name in row]
    low, high = min(losses), max(late)  # the steep beginning is cut off; J may be negative, its second terms are
    least, most = (min(decibels) - 0.2, max(decibels) + 0.2) if decibels else (0.0, 1.0)

    def x(epoch):
        return LEFT + (WIDTH - LEFT - RIGHT) * epoch / max(last, 1)

    def y(value, bottom, top):
        share = min(1.0, max(0.0, (value - bottom) / ((top - bottom) or 1.0)))
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share

    def line(name, colour, bottom, top):
        points = " ".join(f"{x(row['epoch']):.1f},{y(row[name], bottom, top):.1f}" for row in history if name in row)
        return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>'

    def text(across, down, words, anchor="middle", colour="#333"):
        return f'<text x="{across:.1f}" y="{down:.1f}" text-anchor="{anchor}" fill="{colour}">{words}</text>'

    floor, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="11">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        text(LEFT, 18, title, "start"),
        f'<path d="M{LEFT},{TOP} V{floor} H{right} V{TOP}" fill="none" stroke="#999"/>',
    ]
    for step in range(5):
        share = step / 4
        at = y(share, 0, 1) + 4
        parts.append(text(LEFT - 6, at, f"{low + share * (high - low):.3g}", "end"))
        parts.append(text(right + 6, at, f"{least + share * (most - least):.2f}", "start", "#b3261e"))
        parts.append(text(x(share * last), floor + 16, f"{share * last:.0f}"))
    parts.append(text((LEFT + right) / 2, HEIGHT - 8, "epoch"))
    parts.append(
        f'<path d="M{x(chosen):.1f},{TOP} V{floor}" stroke="#999" stroke-dasharray="3 3"/>'
    )
    parts += [
        line("train_loss", "#6b9bd1", low, high),
        line("dev_loss", "#1f4e8c", low, high),
        line("voice_gnsdr", "#b3261e", least, most),
        text(right - 264, 18, "training loss", "end", "#6b9bd1"),
        text(right - 205, 18, "dev loss", "end", "#1f4e8c"),
        text(right, 18, "dev voice GNSDR, dB (right axis)", "end", "#b3261e"),
        "</svg>",
    ]
    Path(path).write_text("\n".join(parts) + "\n")
