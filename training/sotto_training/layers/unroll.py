"""What was found for many frames together, one after the other."""

from dataclasses import dataclass

import torch

from .layer import Layer


@dataclass(eq=False, repr=False)
class Unroll(Layer):
    """A place along `axis` a frame: from `start` on in turn, `frames` of them, then from `start` again."""

    kind = "unroll"
    axis: int
    frames: int
    start: int = 0

    def prepare(self, shape):
        if not 0 <= self.axis < len(shape) or self.frames < 1 or not 0 <= self.start <= shape[self.axis] - self.frames:
            self.refuse(f"found {self.frames} from {self.start} along axis {self.axis}, expected a part of {list(shape)}")
        return (*shape[: self.axis], 1, *shape[self.axis + 1 :])

    def forward(self, values):
        return self.of(values, 1, values.shape[1])

    def of(self, values: torch.Tensor, every: int, frames: int) -> torch.Tensor:
        """For so many frames, of values of each `every`-th: what is large is not repeated for those between."""
        now = torch.arange(frames, device=values.device)
        found = values.movedim(2 + self.axis, 2)[:, now // every, self.start + now % self.frames]
        return found.unsqueeze(2).movedim(2, 2 + self.axis)
