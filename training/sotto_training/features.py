"""What the network is given: magnitudes over the running level, and neighbouring frames if it wants them."""

from dataclasses import asdict, dataclass, field

import torch

from .grid import Grid
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


FEATURES = ("magnitude", "mid-side")


@dataclass(frozen=True)
class Input:
    """The input of a network: ``x = magnitude / level * scale``, no logarithm.

    `magnitude` is of one channel; `mid-side` has those of the mean of a stereo pair, and behind them those of half of
    what its channels differ by.
    """

    feature: str = "magnitude"
    scale: float = 100.0
    context: Context = field(default_factory=Context)
    level: LevelKind = field(default_factory=LevelKind)

    def __post_init__(self):
        if self.feature not in FEATURES:
            raise Problem(f"input.feature: found {self.feature!r}, expected one of {', '.join(FEATURES)}")

    @property
    def rows(self) -> int:
        """How many magnitudes a bin has: 1, or 2 of a stereo pair."""
        return 2 if self.feature == "mid-side" else 1

    def shape(self, grid: Grid) -> tuple[int, ...]:
        """Shape of the input of a frame: [rows * bins], with neighbours [frames, rows * bins]."""
        width = self.rows * grid.bins
        return (width,) if self.context.frames == 1 else (self.context.frames, width)

    def table(self) -> dict:
        """As the weights file has it."""
        return asdict(self)


def heard_rows(samples: torch.Tensor, input: Input) -> list[torch.Tensor]:
    """What the input is made of, a sound [n] a row: `samples` [n], or mid and side of [2, n], or of [n] as both channels."""
    if input.rows == 1:
        return [samples]
    if samples.dim() == 1:
        return [samples, torch.zeros_like(samples)]
    left, right = samples
    return [(left + right) / 2, (left - right) / 2]


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
