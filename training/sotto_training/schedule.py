"""When a layer runs, and what another one knows of its results."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Schedule:
    """At frame `at`, and at each `every`-th after it."""

    every: int = 1
    at: int = 0

    def frames(self, count: int) -> torch.Tensor:
        """The frames of the runs that fall into the first `count`."""
        return torch.arange(self.at, max(self.at, count), self.every)

    def runs(self, frames: torch.Tensor) -> torch.Tensor:
        """How many runs there have been by each of these frames, that frame's own among them."""
        return (frames - self.at) // self.every + 1

    def known(self, values: torch.Tensor, wanted: "Schedule", count: int) -> torch.Tensor:
        """Results [batch, runs, ...] as each run of `wanted` within `count` frames has them: the last one, zeros before the first."""
        if self == wanted:
            return values
        if self.at == wanted.at == 0 and self.every < wanted.every:
            return values[:, :: wanted.every // self.every]
        return started(values)[:, self.runs(wanted.frames(count)).to(values.device)]


def started(values: torch.Tensor) -> torch.Tensor:
    """Results [batch, 1 + runs, ...] with the zeros that there are before the first of them."""
    return torch.cat([values.new_zeros(len(values), 1, *values.shape[2:]), values], 1)
