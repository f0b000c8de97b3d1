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


@dataclass(frozen=True)
class Input:
    """The input of a network: ``x = magnitude / level * scale``, no logarithm."""

    feature: str = "magnitude"
    scale: float = 100.0
    context: Context = field(default_factory=Context)
    level: LevelKind = field(default_factory=LevelKind)

    def __post_init__(self):
        if self.feature != "magnitude":
            raise Problem(f"input.feature: found {self.feature!r}, expected 'magnitude'")

    def shape(self, grid: Grid) -> tuple[int, ...]:
        """Shape of the input of a frame: [bins], with neighbours [frames, bins]."""
        return (grid.bins,) if self.context.frames == 1 else (self.context.frames, grid.bins)

    def table(self) -> dict:
        """As the weights file has it."""
        return asdict(self)


def scaled(magnitudes: torch.Tensor, levels: torch.Tensor, scale: float) -> torch.Tensor:
    """Magnitudes [frames, bins] over the levels [frames] of the same frames, times `scale`."""
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
