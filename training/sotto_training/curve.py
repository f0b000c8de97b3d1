"""The history of a run as CSV and as a small SVG picture."""

import csv
from pathlib import Path

from .picture import BLUE, DARK, GREEN, RED, Lines, Panel, write

COLUMNS = (
    "epoch", "seconds", "rate", "train_loss", "generator_loss", "discriminator_loss", "added_loss", "looks", "dev_loss",
    "voice_gnsdr", "voice_gsir", "voice_gsar",
)  # fmt: skip
ALWAYS = ("epoch", "seconds", "rate", "train_loss", "dev_loss", "voice_gnsdr", "voice_gsir", "voice_gsar")


def write_csv(history: list[dict], path: Path):
    """One line an epoch; dev columns are empty where dev was not measured."""
    columns = [name for name in COLUMNS if name in ALWAYS or any(name in row for row in history)]
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for row in history:
            writer.writerow({k: f"{v:.6g}" if isinstance(v, float) else v for k, v in row.items() if k in columns})


def write_svg(history: list[dict], path: Path, title: str, chosen: int):
    """Training and dev loss on the left axis, dev GNSDR on the right; a line marks the chosen epoch.

    Below them, where there are any, the losses of the generator and of what judges it.
    """
    late = [row[name] for row in history[len(history) // 20 :] for name in ("train_loss", "dev_loss") if name in row]
    losses = [row[name] for row in history for name in ("train_loss", "dev_loss") if name in row]
    decibels = [row["voice_gnsdr"] for row in history if "voice_gnsdr" in row]
    least, most = (min(decibels) - 0.2, max(decibels) + 0.2) if decibels else (0.0, 1.0)
    last = max(1, *(row["epoch"] for row in history))

    def line(colour, name):
        return colour, [(row["epoch"], row[name]) for row in history if name in row]

    supervised = {"training loss": line(BLUE, "train_loss"), "dev loss": line(DARK, "dev_loss")}
    # The steep beginning is cut off; J may be negative, its second terms are.
    panels = [
        Panel(
            title, "epoch", 0, last, Lines(supervised, min(losses), max(late)),
            Lines({"dev voice GNSDR, dB": line(RED, "voice_gnsdr")}, least, most, ".2f"), chosen,
        )
    ]  # fmt: skip
    if any("generator_loss" in row for row in history):
        pair = [{"generator loss": line(BLUE, "generator_loss")}, {"discriminator loss": line(GREEN, "discriminator_loss")}]
        axes = []
        for points in pair:
            values = [value for _, each in points.values() for _, value in each]
            axes.append(Lines(points, min(values), max(values)))
        panels.append(Panel("adversarial losses", "epoch", 0, last, *axes, chosen))
    write(panels, path)
