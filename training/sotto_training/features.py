"""What the network is given: magnitudes over the running level, and neighbouring frames if it wants them."""

from dataclasses import asdict, dataclass, field

import torch

from .grid import Grid, synthesise
from .level import LevelKind
from .problem import Problem


@dataclass(frozen=True)
class Context:
    """Frames before and after the estimated one."""

    past: int = 0
    future: int = 0

    def __post_init__(self):
        if self.past < 0 or self.future < 0:
            raise Problem(f"input.context: found past {self.past}, future {self.future}; expected none below 0")

    @property
    def frames(self) -> int:
        """Frames of one input."""
        return self.past + 1 + self.future


FEATURES = ("magnitude", "mid-side", "spectrum")


@dataclass(frozen=True)
class Input:
    """The input of a network: ``x = magnitude / level * scale``, no logarithm.

    `magnitude` is of one channel; `mid-side` has those of the mean of a stereo pair, and behind them those of half of
    what its channels differ by; `spectrum` has real and imaginary part of each of its `channels` in turn, as the
    transform gives them, and no level.
    """

    feature: str = "magnitude"
    scale: float = 100.0
    context: Context = field(default_factory=Context)
    level: LevelKind = field(default_factory=LevelKind)
    channels: int = 1

    def __post_init__(self):
        if self.feature not in FEATURES:
            raise Problem(f"input.feature: found {self.feature!r}, expected one of {', '.join(FEATURES)}")
        if self.channels not in ((1, 2) if self.spectral else (1,)):
            expected = "1 or 2" if self.spectral else "1: only 'spectrum' has more"
            raise Problem(f"input.channels: found {self.channels} beside feature {self.feature!r}, expected {expected}")
        if self.spectral and (self.level.kind != "none" or self.context.frames > 1):
            raise Problem("input: found feature 'spectrum' with a level or neighbours, expected level.kind 'none' and no context")

    @property
    def spectral(self) -> bool:
        """Whether it has spectra, and no magnitudes."""
        return self.feature == "spectrum"

    @property
    def stereo(self) -> bool:
        """Whether it hears both channels of a pair."""
        return self.feature == "mid-side" or self.channels == 2

    @property
    def rows(self) -> int:
        """How many numbers a bin has: a magnitude, or those of both of a pair, or the parts of its spectra."""
        if self.spectral:
            return 2 * self.channels
        return 2 if self.stereo else 1

    def shape(self, grid: Grid) -> tuple[int, ...]:
        """Shape of the input of a frame: [rows * bins], of spectra [rows, bins], with neighbours [frames, rows * bins]."""
        if self.spectral:
            return (self.rows, grid.bins)
        width = self.rows * grid.bins
        return (width,) if self.context.frames == 1 else (self.context.frames, width)

    def table(self) -> dict:
        """As the weights file has it."""
        table = asdict(self) | {"level": self.level.table()}
        if not self.spectral:
            del table["channels"]
        return table


def heard_rows(samples: torch.Tensor, input: Input) -> list[torch.Tensor]:
    """What the input is made of, a sound [n] a row: `samples` [n], or mid and side of [2, n], or of [n] as both channels.

    Of spectra, the mean of both channels, or the channels.
    """
    if not input.stereo:
        return [samples if samples.dim() == 1 else samples.mean(0)]
    if input.spectral:
        return [samples, samples] if samples.dim() == 1 else list(samples)
    if samples.dim() == 1:
        return [samples, torch.zeros_like(samples)]
    left, right = samples
    return [(left + right) / 2, (left - right) / 2]


def parts(spectra: torch.Tensor, input: Input) -> torch.Tensor:
    """Real and imaginary part in turn [frames, 2 * channels * bins] of spectra [frames, channels * bins]."""
    rows = [part for row in spectra.chunk(input.channels, -1) for part in (row.real, row.imag)]
    return torch.cat(rows, -1) * input.scale


def whole(numbers: torch.Tensor, input: Input) -> torch.Tensor:
    """The spectra [frames, channels * bins] whose parts are given."""
    rows = (numbers / input.scale).chunk(2 * input.channels, -1)
    return torch.cat([torch.complex(*pair) for pair in zip(rows[::2], rows[1::2])], -1)


def sound(numbers: torch.Tensor, input: Input, grid: Grid) -> torch.Tensor:
    """What is heard [sequences, channels, samples] of the parts of spectra [sequences, frames, 2 * channels * bins]."""
    rows = [whole(sequence, input).chunk(input.channels, -1) for sequence in numbers]
    length = numbers.shape[1] * grid.hop
    return torch.stack([torch.stack([synthesise(row, grid, length) for row in each]) for each in rows])


def scaled(magnitudes: torch.Tensor, levels: torch.Tensor, scale: float) -> torch.Tensor:
    """Magnitudes [frames, rows * bins] over the levels [frames] of the same frames, times `scale`."""
    return magnitudes * (scale / levels).to(magnitudes.dtype)[:, None]


def neighbours(frames: int, context: Context) -> torch.Tensor:
    """Which frames make the input of each: indices [frames, context], the oldest first, the ends repeated."""
    around = torch.arange(-context.past, context.future + 1)
    return (torch.arange(frames)[:, None] + around).clamp(0, max(0, frames - 1))


def in_context(features: torch.Tensor, context: Context) -> torch.Tensor:
    """Features [frames, bins] as inputs [frames, context, bins], or as they are without neighbours.

    Every frame was scaled by its own level.
    """
    return features if context.frames == 1 else features[neighbours(len(features), context)]
