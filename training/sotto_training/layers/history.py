"""The frames before: the only memory of a convolution."""

from dataclasses import dataclass

import torch

from .layer import Layer


@dataclass(eq=False, repr=False)
class History(Layer):
    """A new axis of the last `frames` frames, oldest first; before the first one zeros, or it again (`repeat`)."""

    kind = "history"
    frames: int
    axis: int = 0
    start: str = "zero"

    def prepare(self, shape):
        if self.start not in ("zero", "repeat") or self.frames < 1 or not 0 <= self.axis <= len(shape):
            self.refuse(f"found frames {self.frames}, axis {self.axis}, start {self.start!r}, which cannot be")
        return (*shape[: self.axis], self.frames, *shape[self.axis :])

    def forward(self, values):
        first = values[:, :1] if self.start == "repeat" else torch.zeros_like(values[:, :1])
        known = torch.cat([first.expand(-1, self.frames - 1, *first.shape[2:]), values], 1)
        return known.unfold(1, self.frames, 1).movedim(-1, 2 + self.axis)
