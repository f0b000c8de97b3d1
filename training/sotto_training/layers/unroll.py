"""What was found for many frames together, one after the other."""

from dataclasses import dataclass

import torch

from ..schedule import Schedule, started
from .layer import Layer


@dataclass(eq=False, repr=False)
class Unroll(Layer):
    """A place along `axis` a run: from `start` on in turn, `frames` of them, then from `start` again.

    It begins at the first run for which there is something to read.
    """

    kind = "unroll"
    axis: int
    frames: int
    start: int = 0

    def prepare(self, shape):
        if not 0 <= self.axis < len(shape) or self.frames < 1 or not 0 <= self.start <= shape[self.axis] - self.frames:
            self.refuse(f"found {self.frames} from {self.start} along axis {self.axis}, expected a part of {list(shape)}")
        return (*shape[: self.axis], 1, *shape[self.axis + 1 :])

    def of(self, values: torch.Tensor, found: Schedule, frames: int) -> torch.Tensor:
        """For so many frames, of what was found at `found`: what is large is not repeated for those between."""
        own = Schedule(self.every, self.at)
        runs = found.runs(own.frames(frames)).to(values.device)
        now = torch.arange(len(runs), device=values.device) - int((runs == 0).sum())
        places = self.start + now % self.frames
        return started(values).movedim(2 + self.axis, 2)[:, runs, places].unsqueeze(2).movedim(2, 2 + self.axis)
