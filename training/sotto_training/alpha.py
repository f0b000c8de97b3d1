"""The curve of Deep Karaoke (Simpson, Roma and Plumbley 2015): what a threshold on the probability costs and gains."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy
import torch

from .bss import References
from .features import scaled
from .grid import analyse, magnitudes, synthesise
from .level import levels
from .mixing import plain
from .model import Model
from .picture import BLUE, GREEN, RED, Lines, Panel, write
from .sources import Excerpt, Recording

COLUMNS = ("alpha", "voice_gsdr", "voice_gsir", "voice_gsar")
STEP = 0.05


@dataclass(frozen=True)
class Point:
    """Figures of the voice at a threshold, in decibels, means weighted by the clips' lengths."""

    alpha: float
    voice_gsdr: float
    voice_gsir: float
    voice_gsar: float


def thresholds(step: float = STEP) -> list[float]:
    """From 0.01 up, a step apart, below 1."""
    return [round(0.01 + number * step, 4) for number in range(int(0.98 / step) + 1)]


def curve(clips: list[Excerpt | Recording], model: Model, alphas: list[float]) -> list[Point]:
    """SDR, SIR and SAR of the voice where what is above a threshold is voice, all of it, and the rest accompaniment."""
    sums, total = numpy.zeros((len(alphas), 3)), 0
    for clip in clips:
        accompaniment, voice = plain(*clip.read(model.grid.rate))
        references = References(numpy.stack([voice, accompaniment]).astype(numpy.float64))
        mixture = torch.from_numpy(accompaniment + voice)
        spectra = analyse(mixture, model.grid, flush=True)
        size = magnitudes(spectra, model.grid)
        features = scaled(size, levels(size, model.grid, model.input.level), model.input.scale)
        share = model.output.share(model.results(features).flatten(1))
        for number, alpha in enumerate(alphas):
            estimate = synthesise(spectra * (share > alpha), model.grid, len(mixture))
            figures = references.scores(torch.stack([estimate, mixture - estimate]).numpy().astype(numpy.float64))
            sums[number] += len(mixture) * numpy.array([figure[0] for figure in figures])
        total += len(mixture)
    return [Point(alpha, *(float(value) for value in row)) for alpha, row in zip(alphas, sums / total)]


def write_csv(points: list[Point], path: Path):
    """One line a threshold."""
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([f"{getattr(point, name):.6g}" for name in COLUMNS] for point in points)


def write_svg(points: list[Point], path: Path, title: str):
    """SIR, SDR and SAR over the threshold; thresholds at which an estimate was silent are left out."""
    heard = [point for point in points if point.voice_gsdr > -50]
    lines = {
        words: (colour, [(point.alpha, getattr(point, name)) for point in heard])
        for words, name, colour in (("SIR", "voice_gsir", BLUE), ("SDR", "voice_gsdr", RED), ("SAR", "voice_gsar", GREEN))
    }
    values = [value for _, each in lines.values() for _, value in each] or [0.0, 1.0]
    write([Panel(f"{title}: voice, dB", "alpha", 0, 1, Lines(lines, min(values), max(values), ".1f"))], path)
