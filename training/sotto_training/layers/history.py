"""The frames before: the only memory of a convolution."""

from dataclasses import dataclass

import torch

from .layer import Layer


@dataclass(eq=False, repr=False)
class History(Layer):
    """A new axis of the last `frames` frames, oldest first; before the first one zeros, or it again (`repeat`).

    spacing    from one of them to the next, in runs of this layer
    """

    kind = "history"
    frames: int
    axis: int = 0
    start: str = "zero"
    spacing: int = 1

    def prepare(self, shape):
        if self.start not in ("zero", "repeat") or min(self.frames, self.spacing) < 1 or not 0 <= self.axis <= len(shape):
            self.refuse(
                f"found frames {self.frames}, spacing {self.spacing}, axis {self.axis}, start {self.start!r}, which cannot be"
            )
        return (*shape[: self.axis], self.frames, *shape[self.axis :])

    def forward(self, values):
        first = values[:, :1] if self.start == "repeat" else torch.zeros_like(values[:, :1])
        before = (self.frames - 1) * self.spacing
        known = torch.cat([first.expand(-1, before, *first.shape[2:]), values], 1)
        return known.unfold(1, before + 1, 1)[..., :: self.spacing].movedim(-1, 2 + self.axis)
