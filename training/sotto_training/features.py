"""What the network is given: magnitudes over the running level, and neighbouring frames if it wants them."""

from dataclasses import dataclass, field

import torch

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
        """Frames of one input vector."""
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


def scaled(magnitudes: torch.Tensor, levels: torch.Tensor, scale: float) -> torch.Tensor:
    """Magnitudes [frames, bins] over the levels [frames] of the same frames, times `scale`."""
    return magnitudes * (scale / levels).to(magnitudes.dtype)[:, None]


def in_context(features: torch.Tensor, context: Context) -> torch.Tensor:
    """Rows [frames, (past + 1 + future) * bins]: each frame with its neighbours, the oldest first.

    Every frame was scaled by its own level. Beyond the ends the first and the last frame are repeated.
    """
    if context.frames == 1:
        return features
    centre = torch.arange(len(features))[:, None]
    around = torch.arange(-context.past, context.future + 1)[None, :]
    rows = (centre + around).clamp(0, len(features) - 1)
    return features[rows].flatten(1)
